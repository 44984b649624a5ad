import { describe, expect, it } from 'vitest';
import { workerService } from './toy.fixture.ts';
import { ToyRun } from './toy-world.fixture.ts';

describe('a hosted service', () => {
  it('hears, records its intent, calls once, and records the outcome', async () => {
    const run = new ToyRun(1);
    run.start('worker');
    void run.place('a');
    expect(await run.until(() => run.has('Told') && run.has('Counted'), 10_000)).toBe(true);
    expect(run.types('worker', 'a').filter((t) => t !== 'Counted')).toEqual([
      'Asked',
      'Done',
      'refrain.AttemptStarted',
      'Told',
    ]);
    expect(run.calls).toHaveLength(1);
    expect(run.told).toEqual(['a']);
  });

  it('decides the same request once, for ever', async () => {
    const run = new ToyRun(2);
    const answers: unknown[] = [];
    for (let i = 0; i < 3; i++) void run.place('a').then((answer) => answers.push(answer));
    await run.until(() => answers.length === 3);
    expect(run.types('source')).toEqual(['Placed']);
    expect(answers.map((a) => (a as { replayed: boolean }).replayed)).toEqual([false, true, true]);
  });

  it('records every failed attempt and repeats under the same key', async () => {
    const run = new ToyRun(3);
    run.fates.push('broken before', 'broken after', 'broken before');
    run.start('worker');
    void run.place('a');
    expect(await run.until(() => run.has('Told'))).toBe(true);
    expect(
      run
        .types('worker', 'a')
        .slice(0, 5)
        .filter((t) => t !== 'Counted'),
    ).toContain('refrain.AttemptFailed');
    const failures = run
      .events('worker')
      .filter((e) => e.type === 'refrain.AttemptFailed')
      .map((e) => e.data as { n: number; failure: string });
    expect(failures.map((f) => [f.n, f.failure])).toEqual([
      [1, 'broken'],
      [2, 'broken'],
      [3, 'broken'],
    ]);
    expect(new Set(run.calls).size).toBe(1);
    expect(run.done.size).toBe(1);
  });

  it('with a clock a minute behind it looks at an alarm that rang now and then, not all the time', async () => {
    const run = new ToyRun(3);
    run.fates.push('broken before', 'gone', 'broken before');
    const worker = run.world.start('worker-1', ({ alive }) => workerService(run.outside(alive)), {
      skewMs: -60_000,
    });
    let alarms = 0;
    run.world.onPoint = ({ call, phase }, { name }) => {
      if (name === worker.name && call === 'schedules.set' && phase === 'before') alarms++;
    };
    void run.place('a');
    expect(await run.until(() => run.has('Told'), 600_000)).toBe(true);
    expect(alarms).toBeGreaterThan(0);
    expect(alarms).toBeLessThan(20);
  });

  it('gives up on an unknown outcome only after asking, and then asks on until it is known', async () => {
    const run = new ToyRun(4);
    run.fates.push('broken before', 'broken before', 'broken before', 'broken before', 'broken before');
    run.start('worker');
    void run.place('a');
    expect(await run.until(() => run.has('Lost'))).toBe(true);
    expect(run.calls).toHaveLength(5);
    run.done.set('by hand', 'a'); // it went through after all, and the provider shows it only now
    expect(await run.until(() => run.has('Done'))).toBe(true);
    expect(run.calls).toHaveLength(5);
  });

  it('records an answer as its own event and never repeats it', async () => {
    const run = new ToyRun(5);
    run.fates.push('refused');
    run.start('worker');
    void run.place('a');
    await run.until(() => run.has('Refused'));
    await run.pass(120_000);
    expect(run.calls).toHaveLength(1);
    expect(run.types('worker', 'a')).not.toContain('Done');
  });

  it('waits an outage out without using up attempts', async () => {
    const run = new ToyRun(6);
    run.fates.push(...Array.from({ length: 12 }, () => 'gone' as const));
    run.start('worker');
    void run.place('a');
    expect(await run.until(() => run.has('Done'))).toBe(true);
    expect(run.calls).toHaveLength(13);
  });

  it('waits no longer than the timeout for a call that never answers', async () => {
    const run = new ToyRun(7);
    run.fates.push('silent');
    run.start('worker');
    void run.place('a');
    expect(await run.until(() => run.has('Done'), 20_000)).toBe(true);
    expect(run.types('worker', 'a')).toContain('refrain.AttemptFailed');
  });

  it('makes a dead letter of what nobody can decide, and goes on with the rest', async () => {
    const run = new ToyRun(8);
    run.start('worker');
    void run.place('poison');
    void run.place('a');
    await run.until(() => run.has('Told') && run.has('refrain.Defect'), 10_000);
    expect(run.types('worker', 'poison')).toEqual(['refrain.Defect']);
    await run.pass(120_000);
    expect(run.types('worker', 'poison')).toEqual(['refrain.Defect']);
  });

  it('leaves an error that nobody expected to a person', async () => {
    const run = new ToyRun(9);
    run.fates.push('surprise');
    run.start('worker');
    void run.place('a');
    await run.until(() => run.has('refrain.Defect'));
    await run.pass(300_000);
    expect(run.calls).toHaveLength(1);
  });

  it('lets a deadline pass once, from the stored event, also over a restart', async () => {
    const run = new ToyRun(10, {}, 90_000);
    void run.place('a');
    await run.pass(50_000);
    run.instances[0]?.kill();
    const again = run.start('source', 90_000);
    await run.pass(35_000);
    expect(run.types('source')).toEqual(['Placed']);
    expect(await run.until(() => run.types('source').includes('Expired'), 70_000)).toBe(true);
    expect(again.alive).toBe(true);
    await run.pass(300_000);
    expect(run.types('source')).toEqual(['Placed', 'Expired']);
  });

  it('drains: what was begun is finished, nothing new is begun', async () => {
    const run = new ToyRun(11);
    const worker = run.start('worker');
    void run.place('a');
    await run.until(() => run.calls.length === 1);
    const drained: true[] = [];
    void worker.host.drain().then(() => drained.push(true));
    expect(await run.until(() => drained.length > 0, 5_000)).toBe(true);
    expect(run.has('Done')).toBe(true);
    expect(run.told).toEqual([]);
    run.start('worker');
    expect(await run.until(() => run.has('Told'), 60_000)).toBe(true);
  });
});

describe('an unsafe effect', () => {
  it('is repeated after a failure that surely did not happen', async () => {
    const run = new ToyRun(20);
    run.tellFates.push('broken before', 'broken before');
    run.start('worker');
    void run.place('a');
    expect(await run.until(() => run.has('Told'))).toBe(true);
    expect(run.told).toEqual(['a']);
  });

  it('is never repeated when nobody knows whether it happened', async () => {
    const run = new ToyRun(21);
    run.tellFates.push('broken after');
    run.start('worker');
    void run.place('a');
    expect(await run.until(() => run.has('TellLost'))).toBe(true);
    await run.pass(600_000);
    expect(run.told).toEqual(['a']);
  });

  it('is not repeated by another instance when its process died after the start mark', async () => {
    const run = new ToyRun(22);
    const first = run.start('worker');
    void run.place('a');
    await run.until(() => run.told.length === 1);
    first.kill();
    run.start('worker');
    expect(await run.until(() => run.has('TellLost'))).toBe(true);
    await run.pass(600_000);
    expect(run.told).toEqual(['a']);
    expect(run.has('Told')).toBe(false);
  });
});

describe('a hot entity', () => {
  it('answers every request once, in groups, whoever of two instances is faster', async () => {
    const run = new ToyRun(30, { lostAcks: 0.1, doubledDeliveries: 0.2 });
    run.start('worker');
    run.start('worker');
    for (let i = 0; i < 150; i++) void run.place(`t${i}`);
    expect(await run.until(() => run.types('worker').filter((t) => t === 'Counted').length === 150)).toBe(
      true,
    );
    const totals = run
      .events('worker')
      .filter((e) => e.type === 'Added')
      .map((e) => (e.data as { total: number }).total);
    expect(totals).toEqual(Array.from({ length: 150 }, (_, i) => i + 1));
    const commits = run.world.broker.commitsOf('worker').filter((c) => c.entity.entityType === 'pool');
    expect(commits.length).toBeLessThan(150);
  });
});

describe('the sweep', () => {
  it('brings every open operation back after all schedules were purged', async () => {
    const run = new ToyRun(40);
    run.fates.push(...Array.from({ length: 20 }, () => 'gone' as const));
    run.start('worker');
    for (let i = 0; i < 20; i++) void run.place(`t${i}`);
    await run.until(() => run.types('worker').filter((t) => t === 'refrain.AttemptFailed').length === 20);
    run.world.broker.schedules.purge();
    expect(
      await run.until(() => run.types('worker').filter((t) => t === 'Done').length === 20, 120_000),
    ).toBe(true);
  });
});

describe('a process killed anywhere', () => {
  it('changes nothing of what happens, at any moment of the whole flow (200 moments)', {
    timeout: 60_000,
  }, async () => {
    for (let at = 0; at < 200; at++) {
      const run = new ToyRun(1_000 + at);
      const worker = run.start('worker');
      void run.place('a');
      run.fates.push('broken after');
      await run.pass(at / 2);
      worker.kill();
      run.start('worker');
      const settled = await run.until(() => run.has('Told') || run.has('TellLost'), 300_000);
      expect(settled, `killed after ${at / 2} ms`).toBe(true);
      expect(run.done.size, `killed after ${at / 2} ms`).toBe(1);
      expect(run.told.length, `killed after ${at / 2} ms`).toBeLessThanOrEqual(1);
    }
  });
});
