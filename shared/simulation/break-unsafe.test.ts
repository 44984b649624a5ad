import { describe, expect, it } from 'vitest';
import { definitionOf, Fault, Run } from './breakable.fixture.ts';

describe('an unsafe effect', () => {
  it('records a refusal as the answer that it is', async () => {
    const run = new Run(() =>
      definitionOf({
        call: async () => '',
        post: async () => {
          await run.world.clock.sleep(5);
          throw new Fault('postRefused');
        },
      }),
    );
    run.start();
    run.ask('askPost');
    await run.until(() => run.types().some((t) => t.startsWith('Post') && t !== 'Posted'), 120_000);
    expect(run.types()).toContain('PostRefused');
    expect(run.types()).not.toContain('PostLost');
  });
});

describe('a success of an unsafe effect', () => {
  it('is kept although the cache forgot the entity and the replica that is read lags for a second', async () => {
    let sent = 0;
    const run = new Run(() =>
      definitionOf({
        call: async () => 'ref',
        post: async () => {
          await run.world.clock.sleep(500);
          sent++;
        },
      }),
    );
    const { broker, clock } = run.world;
    run.start({ entitiesMax: 1 });
    run.ask('askPost', 'a');
    await run.until(() => run.types().includes('refrain.AttemptStarted'));
    run.ask('ask', 'b'); // takes the one place in the cache
    await run.pass(300);
    const of = broker.commitsOfSubject.bind(broker);
    const from = clock.now();
    broker.commitsOfSubject = (s, subject) =>
      subject.endsWith('.a') && clock.now() - from < 1_200 ? [] : of(s, subject);
    await run.until(() => run.types().some((t) => t === 'PostDone' || t === 'PostLost'), 120_000);
    await run.pass(60_000);
    expect(sent).toBe(1);
    expect(run.types()).toContain('PostDone');
  });
});

describe('the sweep', () => {
  it('makes no alarm for an operation whose delivery only waits its turn', async () => {
    let alarms = 0;
    const run = new Run(() =>
      definitionOf({
        call: async () => {
          await run.world.clock.sleep(900);
          return 'ref';
        },
      }),
    );
    run.start({ callsMax: 1 });
    run.start({ callsMax: 1 });
    const set = run.world.broker.schedules.set.bind(run.world.broker.schedules);
    run.world.broker.schedules.set = (alarm, at) => (alarms++, set(alarm, at));
    for (let i = 0; i < 400; i++) run.ask('ask', `t${i}`);
    const isDone = () => run.types().filter((t) => t === 'Done').length === 400;
    expect(await run.until(isDone, 3_600_000)).toBe(true);
    expect(alarms).toBe(0);
  });
});

describe('an alarm', () => {
  it('of an operation that the log does not have ends', async () => {
    const run = new Run(() => definitionOf({ call: async () => 'ref' }));
    run.start();
    await run.pass(100);
    // Each firing asks the entity.
    let firings = 0;
    const of = run.world.broker.commitsOfSubject.bind(run.world.broker);
    run.world.broker.commitsOfSubject = (s, subject) => {
      if (subject.endsWith('.cut-off')) firings++;
      return of(s, subject);
    };
    run.world.broker.schedules.set(
      { service: 'w', operation: 'phantom', entityType: 'thing', entityId: 'cut-off' },
      run.world.clock.now(),
    );
    await run.pass(600_000);
    expect(firings).toBeGreaterThan(0);
    expect(firings).toBeLessThan(20);
  });
});
