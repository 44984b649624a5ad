import { expect, test } from 'vitest';
import type { PlannedFault } from './chaos-plan.ts';
import { recoveries, recoveryTable } from './recovery.ts';

const kill = (atMs: number, on: 'nats' | 'psp' = 'nats'): PlannedFault => ({
  kind: 'SIGKILL',
  on,
  forMs: 0,
  atMs,
});
/** Ten each second, but for the seconds of the gaps. */
const ended = (...gaps: readonly (readonly [number, number])[]): number[] =>
  Array.from({ length: 600 }, (_, n) => n * 100).filter(
    (at) => !gaps.some(([from, to]) => at >= from * 1_000 && at < to * 1_000),
  );
const options = { rate: 10, lengthMs: 60_000 };

test('what nobody notices takes no time', () => {
  expect(recoveries([kill(10_000)], { ...options, endedAtMs: ended() })).toEqual([
    { kind: 'SIGKILL', on: 'nats', ms: 0 },
  ]);
});

test('counts until any three seconds together have ended what was offered', () => {
  const [first, second] = recoveries([kill(10_000), kill(30_000)], {
    ...options,
    endedAtMs: ended([11, 16]),
  });
  expect(first?.ms).toBe(6_000);
  expect(second?.ms).toBe(0);
});

test('a shop that is not back before the next fault says so', () => {
  const all = recoveries([kill(10_000), kill(20_000, 'psp')], { ...options, endedAtMs: ended([12, 24]) });
  expect(all.map(({ ms }) => ms)).toEqual([undefined, 4_000]);
  expect(recoveryTable(all)).toEqual([
    '| fault | times | unnoticed | middle | longest | not before the next |',
    '| SIGKILL | 2 | 0 | 4 s | 4 s (psp) | 1 |',
  ]);
});
