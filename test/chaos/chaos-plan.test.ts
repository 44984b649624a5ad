import { expect, test } from 'vitest';
import { lineOf, links, planChaos, victims } from './chaos-plan.ts';

const options = { seed: 7, lengthMs: 663_000, calmMs: 3_000, everyMs: 10_000, forMsMax: 6_000 };

test('hits everything with all that can hit it, one after the other, and leaves time between', () => {
  const plan = planChaos(options);
  expect(plan).toHaveLength(66); // every fault once: three signals on 15, three troubles on 7
  for (const kind of ['SIGKILL', 'SIGTERM', 'SIGSTOP'])
    expect(
      plan
        .filter((fault) => fault.kind === kind)
        .map(({ on }) => on)
        .toSorted(),
    ).toEqual([...victims].toSorted());
  for (const kind of ['cut', 'slow', 'half-open'])
    expect(
      plan
        .filter((fault) => fault.kind === kind)
        .map(({ on }) => on)
        .toSorted(),
    ).toEqual([...links].toSorted());
  for (const [i, { atMs, forMs }] of plan.entries()) {
    expect(atMs).toBeGreaterThanOrEqual(3_000 + i * 10_000);
    expect(atMs + forMs).toBeLessThan(3_000 + (i + 1) * 10_000);
  }
});

test('has each kind also in a short run', () => {
  for (const seed of [1, 2, 3])
    expect(new Set(planChaos({ ...options, seed, lengthMs: 63_000 }).map(({ kind }) => kind)).size).toBe(6);
});

test('is the same plan for the same seed, and another for another', () => {
  expect(planChaos(options)).toEqual(planChaos(options));
  expect(planChaos({ ...options, seed: 8 })).not.toEqual(planChaos(options));
});

test('can be read', () => {
  expect(lineOf({ kind: 'slow', on: 'payments-psp', atMs: 61_234, forMs: 3_060, byMs: 120 })).toBe(
    '   61.2 s  slow       payments-psp  for 3.1 s, by 120 ms',
  );
  expect(lineOf({ kind: 'SIGKILL', on: 'nats', atMs: 900, forMs: 0 })).toBe('    0.9 s  SIGKILL    nats');
});
