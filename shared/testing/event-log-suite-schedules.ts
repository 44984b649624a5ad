import type { Alarm, Firing } from '@refrain/event-log';
import { expect } from 'vitest';
import type { EventLogSuiteOptions, LogBench } from './event-log-suite-bench.ts';
import { benchTest, eventually, upTo } from './event-log-suite-kit.ts';

/** How late a firing may be, in milliseconds: the broker looks at its clocks every quarter of a second. */
const LATE_MS = 1_500;

interface Fired {
  readonly alarm: Alarm;
  readonly redelivered: boolean;
  readonly dueAt: number | undefined;
  readonly at: number;
}

async function hear(
  bench: LogBench,
  handle: (firing: Firing, count: number) => void | Promise<void> = (firing) => firing.ack(),
): Promise<Fired[]> {
  const fired: Fired[] = [];
  await bench.schedules.subscribe(bench.service, { maxInFlight: 16 }, async (firing) => {
    const { alarm, redelivered, dueAt } = firing;
    fired.push({ alarm, redelivered, dueAt, at: bench.clock.now() });
    await handle(firing, fired.length);
  });
  return fired;
}

type Fact = (name: string, run: (bench: LogBench) => Promise<void>) => void;

const alarm = ({ service }: LogBench, operation: string): Alarm => ({
  service,
  operation,
  entityType: 'ticket',
  entityId: 't-1',
});

function settingFacts(fact: Fact): void {
  fact('an alarm fires once, at its time, and says what it is about', async (bench) => {
    const fired = await hear(bench);
    const at = bench.clock.now() + 400;
    await bench.schedules.set(alarm(bench, 'op1'), at);
    await eventually(bench, () => fired.length > 0);
    await bench.clock.sleep(400);
    expect(fired.map((one) => one.alarm)).toEqual([alarm(bench, 'op1')]);
    expect(fired[0]?.redelivered).toBe(false);
    expect((fired[0]?.at ?? 0) - at).toBeGreaterThanOrEqual(-5);
    expect((fired[0]?.at ?? 0) - at).toBeLessThan(LATE_MS);
  });

  fact('a time in the past fires at once', async (bench) => {
    const fired = await hear(bench);
    const set = bench.clock.now();
    await bench.schedules.set(alarm(bench, 'op1'), set - 60_000);
    await eventually(bench, () => fired.length > 0);
    expect((fired[0]?.at ?? 0) - set).toBeLessThan(LATE_MS);
  });

  fact('set again it moves: later, or earlier, and fires once', async (bench) => {
    const fired = await hear(bench);
    const now = bench.clock.now();
    await bench.schedules.set(alarm(bench, 'later'), now + 200);
    await bench.schedules.set(alarm(bench, 'later'), now + 1_200);
    await bench.schedules.set(alarm(bench, 'earlier'), now + 60_000);
    await bench.schedules.set(alarm(bench, 'earlier'), now + 300);
    await eventually(bench, () => fired.length >= 2);
    await bench.clock.sleep(300);
    expect(fired.map((one) => one.alarm.operation)).toEqual(['earlier', 'later']);
    expect((fired[1]?.at ?? 0) - now).toBeGreaterThanOrEqual(1_195);
  });

  fact(
    'a firing says when it was due: the last time that was set, also when it comes again',
    async (bench) => {
      const fired = await hear(bench, (firing, count) => (count === 1 ? firing.nak(50) : firing.ack()));
      const at = bench.clock.now() + 300;
      await bench.schedules.set(alarm(bench, 'op1'), at + 60_000);
      await bench.schedules.set(alarm(bench, 'op1'), at);
      await eventually(bench, () => fired.length >= 2);
      expect(fired.map(({ dueAt }) => dueAt)).toEqual([at, at]);
    },
  );

  fact('the same setting again, even many times at once, changes nothing', async (bench) => {
    const fired = await hear(bench);
    const at = bench.clock.now() + 400;
    await Promise.all(upTo(10).map(() => bench.schedules.set(alarm(bench, 'op1'), at)));
    await eventually(bench, () => fired.length > 0);
    await bench.clock.sleep(500);
    expect(fired).toHaveLength(1);
  });
}

function settingAgainFacts(fact: Fact): void {
  fact('an operation parked a second time, after it fired, fires a second time', async (bench) => {
    const fired = await hear(bench);
    await bench.schedules.set(alarm(bench, 'op1'), bench.clock.now());
    await eventually(bench, () => fired.length === 1);
    await bench.schedules.set(alarm(bench, 'op1'), bench.clock.now());
    await eventually(bench, () => fired.length === 2);
  });

  fact(
    'cancelled it does not fire, its neighbour does; cancelling what is not set is nothing',
    async (bench) => {
      const fired = await hear(bench);
      const at = bench.clock.now() + 400;
      await bench.schedules.set(alarm(bench, 'op1'), at);
      await bench.schedules.set(alarm(bench, 'op10'), at);
      await bench.schedules.cancel({ service: bench.service, operation: 'op1' });
      await bench.schedules.cancel({ service: bench.service, operation: 'never-set' });
      await eventually(bench, () => fired.length > 0);
      await bench.clock.sleep(600);
      expect(fired.map((one) => one.alarm.operation)).toEqual(['op10']);
    },
  );

  fact('it is pending until its firing is settled: set, fired, in work, given back', async (bench) => {
    const op1 = { service: bench.service, operation: 'op1' };
    const pending = (): Promise<number | undefined> => bench.schedules.pendingAt(op1);
    expect(await pending()).toBeUndefined();
    const at = Math.floor(bench.clock.now()) + 400;
    await bench.schedules.set(alarm(bench, 'op1'), at);
    expect(await pending()).toBe(at);
    const seen: (number | undefined)[] = [];
    const fired = await hear(bench, async (firing, count) => {
      seen.push(await pending());
      if (count === 1) firing.nak(300);
      else firing.ack();
    });
    await eventually(bench, () => fired.length === 1 && seen.length === 1);
    expect(await pending()).toBe(at);
    await eventually(bench, () => seen.length === 2);
    await bench.clock.sleep(200);
    expect(seen).toEqual([at, at]);
    expect(await pending()).toBeUndefined();
  });
}

function settlingFacts(fact: Fact): void {
  fact('what fired while nobody listened waits', async (bench) => {
    await bench.schedules.set(alarm(bench, 'op1'), bench.clock.now());
    await bench.clock.sleep(700);
    const fired = await hear(bench);
    await eventually(bench, () => fired.length === 1);
  });

  fact('a firing comes again after a nak, and goes with the ack', async (bench) => {
    const fired = await hear(bench, (firing, count) => (count === 1 ? firing.nak(200) : firing.ack()));
    await bench.schedules.set(alarm(bench, 'op1'), bench.clock.now());
    await eventually(bench, () => fired.length === 2);
    expect((fired[1]?.at ?? 0) - (fired[0]?.at ?? 0)).toBeGreaterThanOrEqual(180);
    expect(fired.map((one) => one.redelivered)).toEqual([false, true]);
    await bench.clock.sleep(300);
    expect(fired).toHaveLength(2);
  });

  fact('a firing that comes too early can be set again from within', async (bench) => {
    const fired = await hear(bench, (firing, count) => {
      if (count > 1) return firing.ack();
      void bench.schedules.set(firing.alarm, bench.clock.now() + 300).then(() => firing.ack());
    });
    await bench.schedules.set(alarm(bench, 'op1'), bench.clock.now());
    await eventually(bench, () => fired.length === 2);
    await bench.clock.sleep(500);
    expect(fired).toHaveLength(2);
  });
}

/** An alarm fires once it is due, can be moved and taken back, and comes again until it is settled. */
export function scheduleSuite(
  make: () => Promise<LogBench>,
  { loseAlarms }: Pick<EventLogSuiteOptions, 'loseAlarms'>,
): void {
  const fact: Fact = (name, run) => benchTest(name, make, run);
  fact('alarms that are lost fire never, and can be set again', async (bench) => {
    const fired = await hear(bench);
    const op1 = { service: bench.service, operation: 'op1' };
    await bench.schedules.set(alarm(bench, 'op1'), bench.clock.now() + 600);
    await loseAlarms(bench);
    expect(await bench.schedules.pendingAt(op1)).toBeUndefined();
    await bench.clock.sleep(1_200);
    expect(fired).toEqual([]);
    await bench.schedules.set(alarm(bench, 'op1'), bench.clock.now());
    await eventually(bench, () => fired.length === 1);
  });
  settingFacts(fact);
  settingAgainFacts(fact);
  settlingFacts(fact);
}
