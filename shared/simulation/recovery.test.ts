import { operationIdOf } from '@refrain/contract-kit';
import { isRefrainError } from '@refrain/errors';
import { readReport, type RecoveryReport, rewind, topologyOf } from '@refrain/runtime';
import { describe, expect, it } from 'vitest';
import { definitionOf, Fault, Run } from './breakable.fixture.ts';

const silent = { call: async () => 'ref' };
const ref = { service: 'w', durable: 'w-effects' };
type Outside = Parameters<typeof definitionOf>[0];

/** What the platform of these worlds calls the first operation of an effect of an entity. */
const operationOf = (entityId: string, effect = 'call', platformId = 'simulation'): string =>
  operationIdOf({ platformId, service: 'w', entityType: 'thing', entityId, effect, ordinal: 0 });

const open = (outside: Outside = silent): Run => new Run(() => definitionOf(outside), { recovering: true });

async function rewound(run: Run, id = 'boot-2', quietMs = 1_500): Promise<unknown> {
  const { log, recovering } = run.world.admin();
  const parts = { log, recovering, clock: run.world.clock, definitions: [definitionOf(silent)], quietMs };
  const since = run.world.clock.now() - 60_000;
  let result: unknown;
  void rewind(parts, { id, since }).then(
    (done) => (result = done),
    (error: unknown) => (result = error),
  );
  await run.until(() => result !== undefined);
  return result;
}

async function reported(run: Run, id = 'boot-2'): Promise<RecoveryReport | undefined> {
  const reading = readReport(run.world.admin().recovering.bucket, { service: 'w', id });
  await run.pass(100);
  return await reading;
}

const killAll = (run: Run): void => run.instances.forEach((instance) => instance.kill());

describe('floors', () => {
  it('are noted once a minute, by whichever instance is there', async () => {
    const run = open();
    run.start();
    run.start();
    await run.pass(1_000);
    run.ask();
    await run.pass(200_000);
    const reading = run.world.admin().recovering.bucket.history('floor.w.w-effects', 64);
    await run.pass(100);
    const notes = await reading;
    expect(notes.map(({ value }) => JSON.parse(value))).toEqual([
      ...Array.from({ length: notes.length - 1 }, () => ({ v: 1, floor: 2 })),
      { v: 1, floor: 0 },
    ]);
    expect(notes.length).toBeGreaterThanOrEqual(3);
    expect(notes.length).toBeLessThanOrEqual(4);
  });
});

describe('while a recovery rewinds', () => {
  it('who works ends, and takes no request any more', async () => {
    const run = open();
    const instance = run.start();
    await run.pass(1_000);
    expect(await rewound(run)).toMatchObject({ again: false, durables: [{ durable: 'w-effects' }] });
    expect(instance.alive).toBe(false);
  });

  it('a guest, of which only its topology is known, lets go and is put back, too', async () => {
    const run = open();
    const instance = run.start();
    await run.pass(1_000);
    const { log, recovering } = run.world.admin();
    const guests = [topologyOf(definitionOf(silent))];
    const parts = { log, recovering, clock: run.world.clock, definitions: [], guests };
    let result: unknown;
    void rewind(parts, { id: 'boot-2', since: run.world.clock.now() }).then((done) => (result = done));
    await run.until(() => result !== undefined);
    expect(result).toMatchObject({ durables: [{ durable: 'w-effects' }], flows: {} });
    expect(instance.alive).toBe(false);
  });

  it('nothing is rewound as long as somebody takes deliveries', async () => {
    const deaf = new Run(() => definitionOf(silent)); // it hears of no recovery
    deaf.start();
    await deaf.pass(1_000);
    deaf.ask();
    await deaf.pass(1_000);
    const refusal = await rewound(deaf);
    expect(isRefrainError(refusal, 'RF_RECOVERY_BUSY')).toBe(true);
    expect(String(refusal)).toContain('w-effects');
    expect(deaf.world.broker.durable(ref.service, ref.durable).state().floor).toBe(2);
    // Broken off, it holds everybody who sees it, and is gone on with under the same name.
    killAll(deaf);
    expect(await rewound(deaf)).toMatchObject({ again: false });
  });

  it('nobody begins, neither deliveries nor requests', async () => {
    const run = open();
    const { bucket } = run.world.admin().recovering;
    const writing = bucket.write('recovery', '{"v":1,"id":"boot-2","phase":"rewinding","since":0}', 0);
    await run.pass(100);
    await writing;
    run.start();
    run.ask();
    await run.pass(30_000);
    expect(run.types()).toEqual([]);
    expect(await rewound(run)).toMatchObject({ again: false });
    await run.pass(10_000);
    expect(run.types()).toEqual(['Asked', 'Done']);
  });
});

describe('acts that a provider knows', () => {
  const lost = { operationId: operationOf('a'), id: 'a', ref: 'r-1' };

  it('and the log does not are recorded once, whoever looks and however often', async () => {
    const run = open({ ...silent, acts: async () => [lost] });
    expect(await rewound(run)).toMatchObject({ again: false });
    run.start();
    run.start();
    await run.pass(30_000);
    expect(run.types()).toEqual(['Done']);
    expect((await reported(run))?.found).toMatchObject([{ ref: 'r-1', recorded: ['Done'] }]);
    killAll(run);
    await rewound(run, 'boot-3');
    run.start();
    await run.pass(30_000);
    expect(run.types()).toEqual(['Done']);
    expect((await reported(run, 'boot-3'))?.found).toMatchObject([{ ref: 'r-1', recorded: [] }]);
  });

  it('of another platform at the same account are left alone', async () => {
    const foreign = { ...lost, operationId: operationOf('a', 'call', 'another') };
    const other = { ...lost, operationId: operationOf('a', 'post') }; // ours, and of another effect
    const run = open({ ...silent, acts: async () => [foreign, other] });
    await rewound(run);
    run.start();
    await run.pass(30_000);
    expect(run.types()).toEqual([]);
    expect(await reported(run)).toMatchObject({ found: [], foreign: 2 });
  });

  it('answer an operation that the log has open, so that nobody is called again', async () => {
    let calls = 0;
    const never = async (): Promise<string> => {
      calls++;
      return await new Promise<never>(() => {});
    };
    const run = open({ call: never, acts: async () => [lost] });
    run.start();
    await run.pass(500);
    run.ask();
    await run.until(() => calls === 1);
    killAll(run);
    await rewound(run);
    run.start();
    await run.pass(30_000);
    expect([run.types(), calls]).toEqual([['Asked', 'Done'], 1]);
  });

  it('and that nobody can record are told with what is wrong, and hold nothing up', async () => {
    const run = new Run(() => definitionOf({ ...silent, acts: async () => [lost] }, true), {
      recovering: true,
    });
    await rewound(run);
    run.start();
    await run.pass(30_000);
    expect((await reported(run))?.found).toMatchObject([
      { ref: 'r-1', recorded: [], problem: expect.stringContaining('defect') },
    ]);
  });

  it('are left to the next process by one that is told to stop', async () => {
    let answer = (): void => {};
    const acts = async () => {
      await new Promise<void>((resolve) => (answer = resolve));
      return [lost];
    };
    const run = open({ ...silent, acts });
    await rewound(run);
    const instance = run.start();
    await run.pass(1_500);
    const draining = instance.host.drain();
    answer();
    await run.pass(30_000);
    await draining;
    expect([run.types(), await reported(run)]).toEqual([[], undefined]);
  });

  it('are waited for: as long as the provider does not tell, it is not called', async () => {
    let isDown = true;
    let calls = 0;
    const acts = async () => {
      if (isDown) throw new Fault('gone');
      return [];
    };
    const call = async (): Promise<string> => {
      calls++;
      return 'ref';
    };
    const run = open({ call, acts });
    await rewound(run);
    run.start();
    run.ask();
    await run.pass(120_000);
    expect([calls, run.types()]).toEqual([0, ['Asked']]);
    isDown = false;
    await run.pass(20_000);
    expect([calls, run.types()]).toEqual([1, ['Asked', 'Done']]);
  });
});

describe('an unsafe operation of before', () => {
  it('is left to a person, once, and goes on after a word', async () => {
    let posts = 0;
    const post = async (): Promise<void> => {
      posts++;
      if (posts === 1) await new Promise<never>(() => {});
    };
    const run = open({ ...silent, post });
    run.start();
    await run.pass(500);
    run.ask('askPost');
    await run.until(() => posts === 1);
    killAll(run);
    run.world.broker.truncate('w', 1); // the start mark is gone: by the log nothing was ever begun
    await rewound(run);
    const instance = run.start();
    await run.pass(60_000);
    expect([posts, run.types()]).toEqual([1, ['Posted', 'PostLost']]);
    expect((await reported(run))?.parked).toMatchObject([{ effect: 'post', entity: 'thing/a' }]);
    const said = { by: 'ada', host: 'here', why: 'it is not in the log of the post' };
    void instance.host.desk.verdict(operationOf('a', 'post'), { ...said, happened: false, attempt: 0 });
    await run.pass(30_000);
    expect([posts, run.types().slice(2)]).toEqual([
      2,
      ['refrain.Verdict', 'refrain.AttemptStarted', 'PostDone'],
    ]);
  });
});
