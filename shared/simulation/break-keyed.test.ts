import { describe, expect, it } from 'vitest';
import { definitionOf, Fault, Run } from './breakable.fixture.ts';

describe('a keyed effect', () => {
  it('is not said to have never happened when a process died in the call and the provider is busy since', async () => {
    let happened = 0;
    let calls = 0;
    const run = new Run((alive) => ({
      ...definitionOf({
        call: async () => {
          await run.world.clock.sleep(5);
          if (!alive()) await new Promise<never>(() => {});
          calls++;
          if (calls > 1) throw new Fault('busy');
          happened++; // the provider did it
          first.kill(); // and the process died before the answer came
          return await new Promise<never>(() => {});
        },
      }),
    }));
    const first = run.start();
    run.ask();
    expect(await run.until(() => happened === 1)).toBe(true);
    run.start();
    const isOver = () => run.types().some((t) => t === 'Failed' || t === 'Lost' || t === 'Done');
    expect(await run.until(isOver, 600_000)).toBe(true);
    expect(happened).toBe(1);
    expect(calls).toBeGreaterThan(1); // the provider was asked again, and was busy
    expect(run.types().at(-1)).toBe('Lost'); // not `Failed`: "given up, and it surely never happened"
  });

  it('keeps the unknown outcome of an attempt whose number another instance took', async () => {
    let happened = 0;
    let calls = 0;
    const run = new Run(() =>
      definitionOf({
        call: async () => {
          await run.world.clock.sleep(5);
          if (++calls === 1) {
            happened++;
            await new Promise<never>(() => {}); // the answer is lost: this attempt times out after a second
          }
          throw new Fault('busy');
        },
      }),
    );
    run.start();
    run.ask();
    expect(await run.until(() => happened === 1)).toBe(true);
    // The second instance gets the delivery too: the broker restarted, and forgot that it is out.
    run.start();
    await run.pass(50);
    for (let i = 0; i < 4; i++) {
      if (calls > 1) break;
      run.world.broker.restart();
      await run.pass(100);
    }
    expect(calls).toBeGreaterThan(1);
    const isOver = () => run.types().some((t) => t === 'Failed' || t === 'Lost');
    expect(await run.until(isOver, 600_000)).toBe(true);
    const failures = run.world.broker
      .commitsOf('w')
      .flatMap((c) => c.body().events)
      .filter((e) => e.type === 'refrain.AttemptFailed');
    expect(run.types()).not.toContain('Failed'); // "surely never happened": it did
    // P5: each failed attempt, and its class, stands in the log.
    expect(failures.length).toBe(calls);
  });

  it('does not ask without a pause when the answer to a question is a refusal', async () => {
    let lookups = 0;
    const run = new Run(() =>
      definitionOf({
        call: async () => {
          await run.world.clock.sleep(5);
          throw new Fault('broken');
        },
        lookup: async () => {
          await run.world.clock.sleep(5);
          lookups++;
          if (run.types().includes('Lost')) throw new Fault('refused');
          return undefined;
        },
      }),
    );
    run.start();
    run.ask();
    expect(await run.until(() => run.types().includes('Lost'), 600_000)).toBe(true);
    lookups = 0;
    await run.pass(60_000);
    expect(lookups).toBeGreaterThan(0);
    expect(lookups).toBeLessThan(20);
  });

  it('makes a dead letter of a success that nobody can record, and does not call on', async () => {
    let calls = 0;
    const run = new Run(() =>
      definitionOf(
        {
          call: async () => {
            await run.world.clock.sleep(5);
            calls++;
            return 'ref';
          },
        },
        true,
      ),
    );
    run.start();
    run.ask();
    await run.pass(60_000);
    expect({ calls, defect: run.types().includes('refrain.Defect') }).toEqual({ calls: 1, defect: true });
  });

  it('makes a dead letter of a success whose data the contract refuses, and does not call on', async () => {
    let calls = 0;
    const run = new Run(() =>
      definitionOf({
        call: async () => {
          await run.world.clock.sleep(5);
          calls++;
          return 'r'.repeat(200); // the provider's name for it is longer than we thought
        },
      }),
    );
    run.start();
    run.ask();
    await run.pass(60_000);
    expect({ calls, defect: run.types().includes('refrain.Defect') }).toEqual({ calls: 1, defect: true });
  });

  it('waits when the provider asks for a time beyond all dates', async () => {
    let calls = 0;
    const run = new Run(() =>
      definitionOf({
        call: async () => {
          await run.world.clock.sleep(5);
          calls++;
          throw new Fault('busy', Number.POSITIVE_INFINITY); // Retry-After: 1e999
        },
      }),
    );
    run.start();
    run.ask();
    await run.pass(60_000);
    expect({ calls, types: run.types() }).toEqual({ calls: 1, types: ['Asked', 'refrain.AttemptFailed'] });
  });

  it('is settled within its horizon although the provider said to come back in three years', async () => {
    const run = new Run(() =>
      definitionOf({
        call: async () => {
          await run.world.clock.sleep(5);
          throw new Fault('busy', 3 * 365 * 86_400_000);
        },
      }),
    );
    run.start();
    run.ask();
    await run.pass(2 * 3_600_000);
    expect(run.types().some((t) => t === 'Lost' || t === 'Failed')).toBe(true);
  });

  it('stays readable when a step notes what is no text', async () => {
    const run = new Run(() =>
      definitionOf({
        call: async (call) => {
          await run.world.clock.sleep(5);
          call.note({ intentId: null as unknown as string }); // a provider whose answer lacks its id
          return 'ref';
        },
      }),
    );
    run.start();
    run.ask();
    await run.pass(60_000);
    expect(run.types()).toEqual(['Asked', 'refrain.Defect']);
    // As every process reads it from now on, for ever:
    const read = run
      .start()
      .host.stateOf('thing', 'a')
      .then(
        () => 'read',
        (e: Error) => e.message.slice(0, 200),
      );
    let answer: string | undefined;
    void read.then((r) => (answer = r));
    await run.until(() => answer !== undefined);
    expect(answer).toBe('read');
  });
});
