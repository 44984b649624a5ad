import type { OperationView } from '@refrain/runtime';
import { describe, expect, it } from 'vitest';
import { free, GovernedRun } from './governed.fixture.ts';

const said = { by: 'ada', host: 'here', why: 'the test says so' };
const shut = { kind: 'suppressed', holdMs: 2_000, newcomer: { retries: 0, calls: 0 } } as const;

describe('what the governor lets go', () => {
  it('is called within minutes, also where a person had meant to hold it for a day', async () => {
    const run = new GovernedRun(1);
    const pin = { ...said, kind: 'suppressed', at: 1 } as const;
    run.words.world = { ...shut, pin, holdMs: 86_400_000 };
    run.start('worker');
    await run.pass(3_000);
    void run.place('t');
    await run.pass(10_000);
    expect(run.calls).toEqual([]);
    run.words.world = free; // released after ten seconds
    expect(await run.until(() => run.has('Done'), 600_000)).toBe(true);
  });

  it('is called within a minute and a half, also where its alarm was lost', async () => {
    const run = new GovernedRun(2);
    run.words.world = shut;
    run.start('worker');
    await run.pass(3_000);
    void run.place('t');
    await run.until(() => run.has('refrain.Held'), 20_000);
    await run.pass(1_000);
    run.words.world = free;
    run.world.broker.schedules.purge();
    // At most the hold, 30 s overdue and two sweeps.
    expect(await run.until(() => run.has('Done'), 90_000)).toBe(true);
  });
});

describe('what is held again and again', () => {
  it('is shown as parked for the governor, never as due in the past', async () => {
    const run = new GovernedRun(6);
    run.words.world = shut;
    const { host } = run.start('worker');
    await run.pass(3_000);
    void run.place('t');
    await run.until(() => run.has('refrain.Held'), 20_000);
    for (let minute = 0; minute < 5; minute++) {
      await run.pass(60_000);
      const now = run.world.clock.now();
      let shown: readonly OperationView[] = [];
      void host.desk.operations().then(({ items }) => (shown = items));
      await run.until(() => shown.length > 0, 5_000);
      expect(shown).toMatchObject([{ state: 'parked', held: { reason: 'the test says so' } }]);
      const { due, held } = shown[0] ?? {};
      for (const time of [due, held?.until]) expect(time === undefined || Date.parse(time) >= now).toBe(true);
    }
  });
});

describe('a rate that many wait for', () => {
  it('is used, call by call: the head of the line is not told the time of those behind it', async () => {
    const run = new GovernedRun(4);
    const newcomer = { calls: 8, phase: 0.5, retries: 0 };
    run.words.world = { kind: 'throttled', rate: 8, waiting: 100, newcomer };
    run.start('worker');
    await run.pass(3_000);
    for (let i = 0; i < 30; i++) void run.place(`t${i}`);
    await run.until(() => run.calls.length > 0);
    await run.pass(2_000);
    expect(run.calls.length).toBeGreaterThanOrEqual(15); // of 17
  });
});

describe('a retry', () => {
  it('is held after some seconds, also while first attempts keep coming', async () => {
    const run = new GovernedRun(5);
    run.start('worker');
    const { clock } = run.world;
    // Two calls a second are allowed, three come: a first attempt always waits.
    run.words.world = { kind: 'throttled', rate: 2, newcomer: { calls: 2, retries: 2 } };
    await run.pass(3_000);
    let n = 0;
    const placeMore = (): void => {
      clock.at(clock.now() + 333, placeMore);
      void run.place(`t${n++}`);
    };
    placeMore();
    await run.pass(5_000);
    run.fates.push('broken before');
    const dataOf = (type: string): { operation?: string; n?: number }[] =>
      run.events('worker').flatMap((event) => (event.type === type ? [event.data as object] : []));
    await run.until(() => dataOf('refrain.AttemptFailed').length > 0, 20_000);
    const [{ operation } = {}] = dataOf('refrain.AttemptFailed');
    const isHeld = (): boolean =>
      dataOf('refrain.Held').some((held) => held.operation === operation && held.n === 2);
    expect(await run.until(isHeld, 20_000)).toBe(true);
  });
});

describe('while an operation waits for leave', () => {
  it('a cancellation that is on record before the start mark keeps the letter from being sent', async () => {
    const run = new GovernedRun(3);
    // One call a second, none for us until the word changes: it waits in the room for a moment.
    run.words.post = { kind: 'throttled', rate: 1, newcomer: { calls: 0, retries: 0 } };
    const { host } = run.start('worker');
    await run.pass(3_000);
    void run.place('t');
    await run.until(() => run.has('Done'), 20_000);
    await run.pass(200);
    const { operation = '' } = run.events('worker').find(({ type }) => type === 'Done') ?? {};
    void host.desk.cancel(operation, said);
    await run.until(() => run.has('refrain.CancelRequested'), 5_000);
    expect(run.has('refrain.AttemptStarted')).toBe(false);
    run.words.post = free;
    await run.pass(60_000);
    expect(run.types('worker').filter((type) => type === 'refrain.AttemptStarted')).toEqual([]);
    expect(run.told).toEqual([]);
  });
});
