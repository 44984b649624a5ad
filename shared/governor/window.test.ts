import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DependencyCounts, type Report, nothingCounted, report } from './report.ts';
import { ABSENT_MS, createWindow, DEPENDENCIES_MAX, INSTANCES_MAX } from './window.ts';

const counts = (firsts: number, more: Partial<DependencyCounts> = {}): DependencyCounts => ({
  ...nothingCounted(),
  firsts,
  successes: firsts,
  ...more,
});

const told = (n: number, firsts: number, more: Partial<Report> = {}): Report =>
  report.parse({
    v: 1,
    service: 'payments',
    instance: 'a',
    life: 'one',
    n,
    heard: {},
    dependencies: { psp: counts(firsts) },
    load: { consumerLag: 0, handlingMs: 0, scheduleLateMs: 0, clockOffsetMs: 0, oldestOverdueMs: 0 },
    ...more,
  });

describe('a window', () => {
  it('counts the same whatever is lost, repeated or out of order', () => {
    const steps = fc.array(fc.nat(20), { minLength: 1, maxLength: 20 });
    const check = (deltas: number[], order: number[]) => {
      let sum = 0;
      const all = deltas.map((delta, i) => told(i + 1, (sum += delta)));
      const window = createWindow();
      const last = all.at(-1);
      const some = order.map((i) => all[i % all.length]);
      for (const one of [all[0], ...some, last, ...some]) if (one) window.hear(one, 1_000);
      expect(window.see(1_000).dependencies['psp']?.totals.firsts).toBe(sum);
    };
    fc.assert(fc.property(steps, fc.array(fc.nat(40), { maxLength: 30 }), check), { seed: 1 });
  });

  it('counts a new life from nothing and ignores what comes late of the one before', () => {
    const window = createWindow();
    window.hear(told(1, 5), 0);
    window.hear(told(9, 7, { life: 'two' }), 1_000);
    window.hear(told(2, 500), 1_100);
    expect(window.see(1_100).dependencies['psp']?.totals.firsts).toBe(12);
  });

  it('does not take for new what an instance did before the window began', () => {
    const window = createWindow();
    window.hear(told(500, 9_000), 0);
    window.hear(told(501, 9_003), 1_000);
    expect(window.see(1_000).dependencies['psp']?.totals.firsts).toBe(3);
  });

  it('keeps thirty seconds', () => {
    const window = createWindow();
    for (let s = 0; s < 100; s++) window.hear(told(s + 1, 2 * s), s * 1_000);
    const seconds = window.see(99_000).dependencies['psp']?.seconds ?? [];
    expect(seconds.map(({ firsts }) => firsts)).toEqual(Array.from({ length: 30 }, () => 2));
  });

  it('asks nothing for who is silent, and forgets who stays so', () => {
    const window = createWindow();
    window.hear(told(1, 1, { dependencies: { psp: counts(9, { successes: 2, waitingFirsts: 4 }) } }), 0);
    expect(window.see(1_000).dependencies['psp']).toMatchObject({ waitingFirsts: 4, inFlight: 7 });
    expect(window.see(ABSENT_MS).dependencies['psp']).toMatchObject({ waitingFirsts: 0, inFlight: 0 });
    expect(window.see(61_000).dependencies).toEqual({});
  });

  it('is bounded, however many report', () => {
    const window = createWindow();
    for (let i = 0; i < 300; i++) window.hear(told(1, 1, { instance: `i-${i}` }), 0);
    const names = Array.from({ length: 100 }, (_, i) => [`d-${i}`, counts(1)]);
    window.hear(told(2, 1, { instance: 'i-0', dependencies: Object.fromEntries(names) }), 1);
    const { dependencies } = window.see(10);
    expect(dependencies['psp']?.instances.length).toBe(INSTANCES_MAX - 1);
    expect(Object.keys(dependencies)).toHaveLength(DEPENDENCIES_MAX);
    window.hear(told(1, 1, { instance: 'late' }), ABSENT_MS + 10);
    expect(window.see(ABSENT_MS + 10).dependencies['psp']?.instances.at(-1)?.instance).toBe('late');
  });

  it('sees of each service the worst', () => {
    const window = createWindow();
    const load = {
      consumerLag: 1,
      handlingMs: 9,
      scheduleLateMs: 0,
      clockOffsetMs: -700,
      oldestOverdueMs: 0,
    };
    window.hear(told(1, 1, { load }), 0);
    window.hear(told(1, 1, { instance: 'b', load: { ...load, consumerLag: 5, clockOffsetMs: 20 } }), 0);
    expect(window.see(0).load['payments']).toMatchObject({ consumerLag: 5, clockOffsetMs: 700 });
  });
});
