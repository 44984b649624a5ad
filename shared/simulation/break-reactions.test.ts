import { cause, defineContract, event } from '@refrain/contract-kit';
import { defineDecider } from '@refrain/decider';
import { newCommit, parseType, type RecordedEvent } from '@refrain/event-log';
import { deadline, on, service } from '@refrain/runtime';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ToyRun } from './toy-world.fixture.ts';
import { type Instance, World } from './world.ts';

const id = z.string();
const name = z.string();
const a = defineContract({
  service: 'a',
  entities: {
    root: { id: 'id', events: { Placed: event(1, { id, name }), Expired: event(1, { id, name }) } },
  },
});
const b = defineContract({
  service: 'b',
  entities: { copy: { id: 'name', events: { Copied: event(1, { name }) } } },
});
const root = defineDecider(a, 'root', { n: 0 })({
  evolve: { Placed: () => {}, Expired: () => {} },
  decide: {
    place: (_, d: { id: string; name: string }) => [a.Placed(d)],
    expire: (_, d: { id: string; name: string }) => {
      if (d.name === 'poison') throw new Error('nobody can decide this');
      return [a.Expired(d)];
    },
  },
});
const copy = defineDecider(b, 'copy', { n: 0 })({
  evolve: { Copied: (s) => void s.n++ },
  decide: {
    copy: (_, d: { name: string }) => {
      if (d.name === 'long') throw new Error('x'.repeat(300_000));
      if (d.name === 'poison') throw new Error('nobody can decide this');
      return [b.Copied(d)];
    },
  },
});
const aService = (afterMs: number) =>
  service({ contract: a, deciders: [root], deadlines: [deadline(a.Placed, 'expire', afterMs, root.expire)] });
const bService = () =>
  service({
    contract: b,
    deciders: [copy],
    reactions: [on(a.Placed, 'copy', ({ name: n }) => copy.copy({ name: n }))],
  });

class Run {
  readonly world: World;
  readonly lines: string[] = [];
  readonly a: Instance;
  constructor(afterMs = 60_000) {
    const note = (_: object, message: string): void => void this.lines.push(message);
    const routine = (_: string, of: object, message: string): void => note(of, message);
    const logger = { debug: note, info: note, warn: note, error: note, routine };
    this.world = new World({ seed: 1, logger });
    this.world.declare([aService(afterMs), bService()]);
    this.a = this.world.start('a-1', () => aService(afterMs));
  }
  place(idOf: string, nameOf = idOf): void {
    void this.a.host.execute(root.place({ id: idOf, name: nameOf }), {
      cause: cause.request('t', idOf),
      correlation: idOf,
    });
  }
  /** As another build would have stored it. */
  store(owner: 'a' | 'b', entityType: string, entityId: string, stored: Partial<RecordedEvent>, v = 1): void {
    const entity = { service: owner, entityType, entityId };
    const subject = newCommit({ entity, expected: 0, events: [] }).subject;
    const expected = this.world.broker.commitsOfSubject(owner, subject).at(-1)?.seq ?? 0;
    const full = {
      id: `e${entityId}`,
      version: 1,
      cause: 'c',
      reaction: 'r',
      correlation: entityId,
      ...stored,
    };
    const commit = newCommit({ entity, expected, events: [full as RecordedEvent] });
    this.world.broker.publish({ ...commit, body: commit.body.replace('{"v":1', `{"v":${v}`) });
  }
  types(owner: string): string[] {
    return this.world.broker.commitsOf(owner).flatMap((c) => c.types.map((t) => parseType(t).type));
  }
  pass(ms: number): Promise<boolean> {
    return this.world.clock.runUntil(() => false, ms);
  }
}

describe('a deadline', () => {
  it('passes for others although as many as are held at once cannot be decided', async () => {
    const run = new Run(1_000);
    for (let i = 0; i < 64; i++) run.place(`p${i}`, 'poison');
    await run.pass(500);
    run.place('good');
    await run.pass(20_000);
    expect({
      expired: run.types('a').filter((t) => t === 'Expired').length,
      dead: run.types('a').filter((t) => t === 'refrain.Defect').length,
    }).toEqual({ expired: 1, dead: 64 });
  });

  it('of a span that is no number is refused when the service is defined', () => {
    expect(() => new Run(Number('15m'))).toThrow(/RF_SERVICE: .*the deadline expire is NaN ms away/);
  });

  it('of an event of a newer version waits for a newer build, and not for a moment', async () => {
    const run = new Run(1_000);
    run.store('a', 'root', 'n', { type: 'Placed', version: 2, data: { id: 'n', name: 'n', more: 1 } });
    await run.pass(60_000);
    const waits = run.lines.filter((line) => line === 'deadline given back').length;
    expect(waits).toBeGreaterThan(5);
    expect(waits).toBeLessThan(20); // every 5 s
    expect(run.types('a')).toEqual(['Placed']);
  });
});

describe('what nobody can decide', () => {
  it('becomes a dead letter also when its error is long', async () => {
    const run = new Run();
    run.world.start('b-1', bService);
    run.place('x', 'long');
    await run.pass(60_000);
    expect(run.types('b')).toEqual(['refrain.Defect']);
  });

  it('becomes a dead letter also when it is meant for an id that is none', async () => {
    const run = new Run();
    run.world.start('b-1', bService);
    run.place('x', 'not an id');
    await run.pass(60_000);
    expect(run.types('b')).toEqual(['refrain.Defect']);
  });

  it('is one dead letter, however often it is delivered', async () => {
    const run = new Run();
    run.world.start('b-1', bService);
    run.place('x', 'poison');
    await run.pass(5_000);
    for (let i = 0; i < 3; i++) {
      run.world.broker.redeliverAll();
      await run.pass(5_000);
    }
    expect(run.types('b')).toEqual(['refrain.Defect']);
  });
});

describe('a commit of a later build', () => {
  it('with a newer body waits for a newer reader and is not made a dead letter', async () => {
    const run = new Run();
    run.world.start('b-1', bService);
    run.store('a', 'root', 'n', { type: 'Placed', data: { id: 'n', name: 'n' } }, 2);
    await run.pass(60_000);
    expect(run.lines).toContain('delivery given back');
    expect(run.types('b')).toEqual([]);
  });

  it('with a newer platform event is waited for, and not asked for several times a second', async () => {
    const run = new ToyRun(41);
    run.fates.push('gone');
    run.start('worker');
    void run.place('t');
    expect(await run.until(() => run.types('worker', 't').includes('refrain.AttemptFailed'))).toBe(true);
    // A later build records the next attempt, with a field that this one does not know.
    const { broker } = run.world;
    const entity = { service: 'worker', entityType: 'thing', entityId: 't' };
    const subject = newCommit({ entity, expected: 0, events: [] }).subject;
    const last = broker.commitsOfSubject('worker', subject).at(-1);
    const failed = run.events('worker').find((e) => e.type === 'refrain.AttemptFailed') as RecordedEvent;
    const data = { ...(failed.data as object), n: 2, budget: 'a new field' };
    const later = { ...failed, id: 'other', version: 2, cause: `${failed.cause}2`, data };
    expect(broker.publish(newCommit({ entity, expected: last?.seq ?? 0, events: [later] })).kind).toBe(
      'stored',
    );
    let loads = 0;
    const of = broker.commitsOfSubject.bind(broker);
    broker.commitsOfSubject = (...args) => (loads++, of(...args));
    await run.pass(60_000);
    expect(loads).toBeGreaterThan(5);
    expect(loads).toBeLessThan(40); // every 5 s
  });

  it('with an event that is unknown here is waited for, and not asked for several times a second', async () => {
    const run = new Run();
    run.world.start('b-1', bService);
    run.store('b', 'copy', 'n', { type: 'CopiedTwice', data: { name: 'n' } });
    run.place('x', 'n');
    await run.pass(60_000);
    const waits = run.lines.filter((line) => line === 'delivery given back').length;
    expect(waits).toBeGreaterThan(5);
    expect(waits).toBeLessThan(20);
    expect(run.types('b')).toEqual(['CopiedTwice']);
  });
});

describe('a cache', () => {
  it('is not believed when the log lost the tail that it was made from', async () => {
    const run = new Run();
    run.world.start('b-1', bService);
    run.place('x');
    await run.pass(5_000);
    expect(run.types('b')).toEqual(['Copied']);
    // A power cut takes the tail of b's log; the durables are rewound, as the recovery does.
    run.world.broker.truncate('b', 0);
    run.world.broker.redeliverAll();
    await run.pass(60_000);
    expect(run.types('b')).toEqual(['Copied']);
  });
});

describe('the sweep', () => {
  it('goes on behind a commit that nobody can read', async () => {
    const run = new ToyRun(40);
    const entity = { service: 'worker', entityType: 'thing', entityId: 'odd' };
    const commit = newCommit({
      entity,
      expected: 0,
      events: [{ id: 'e', type: 'Other', version: 1, cause: 'c', reaction: 'r', correlation: 'f', data: {} }],
    });
    run.world.broker.publish({ ...commit, body: 'no JSON' });
    run.fates.push(...Array.from({ length: 3 }, () => 'gone' as const));
    run.start('worker');
    void run.place('t');
    expect(await run.until(() => run.types('worker', 't').includes('refrain.AttemptFailed'))).toBe(true);
    await run.pass(100);
    run.world.broker.schedules.purge();
    expect(await run.until(() => run.types('worker', 't').includes('Done'), 600_000)).toBe(true);
  });
});
