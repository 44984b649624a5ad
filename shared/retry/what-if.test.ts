import { expect, test } from 'vitest';
import { backoffMs } from './backoff.ts';
import {
  courseUnder,
  ProviderPast,
  type RecordedCall,
  type RecordedOperation,
  retryAfterOf,
  sumOf,
} from './what-if.ts';

const rule = { attempts: 8, firstDelayMs: 200, maxDelayMs: 30_000 };
const operationId = 'operation';
const delay = (attempt: number, of = rule) => backoffMs({ rule: of, operationId, attempt });

/** A provider that is down until 10 s, and answers every second. */
const outage = (isOutage = false): RecordedCall[] =>
  Array.from({ length: 20 }, (_, i) =>
    i < 10 ? { at: i * 1_000, failure: 'down', isOutage } : { at: i * 1_000 },
  );
const failed = (more: Partial<RecordedOperation> = {}): RecordedOperation => ({
  operationId,
  rule,
  calls: [{ at: 0, failure: 'down' }],
  ...more,
});

test('each retry is due as the product says, fails while the provider failed, and is answered when it had recovered', () => {
  const { calls, end, endAt } = courseUnder(rule, failed(), new ProviderPast(outage()));
  const due = [0, 1, 2, 3, 4, 5, 6].map((n) =>
    Array.from({ length: n }, (_, i) => delay(i + 1)).reduce((a, b) => a + b, 0),
  );
  expect(calls.map(({ at }) => at)).toEqual(due.slice(0, calls.length));
  expect(end).toBe('answered');
  expect(endAt).toBeGreaterThanOrEqual(10_000);
  expect(calls.slice(0, -1).every(({ at, failure }) => at < 10_000 && failure === 'down')).toBe(true);
});

test('fewer attempts give up when the next one would have been due', () => {
  const course = courseUnder({ ...rule, attempts: 2 }, failed(), new ProviderPast(outage()));
  expect(course).toEqual({
    calls: [
      { at: 0, failure: 'down' },
      { at: delay(1), failure: 'down' },
    ],
    end: 'gave up',
    endAt: delay(1) + delay(2),
  });
});

test('an outage uses up no attempt and is waited out at the longest delay', () => {
  const short = { attempts: 1, firstDelayMs: 100, maxDelayMs: 2_000 };
  const operation = failed({ calls: [{ at: 0, failure: 'down', isOutage: true }] });
  const { calls, end } = courseUnder(short, operation, new ProviderPast(outage(true)));
  expect(end).toBe('answered');
  const first = delay(1, { ...short, firstDelayMs: 2_000 });
  expect(calls.map(({ at }) => at).slice(0, 2)).toEqual([0, first]);
});

test('behind the end of the record nothing is claimed of a provider that still failed, nor of calls after the horizon', () => {
  const down = new ProviderPast(outage().slice(0, 5));
  expect(courseUnder(rule, failed(), down)).toMatchObject({ end: 'open' });
  expect(courseUnder(rule, failed({ callsUntil: 300 }), down)).toMatchObject({
    end: 'gave up',
    endAt: delay(1) + delay(2),
  });
  expect(down.at(-1)).toBeUndefined();
});

test('what a provider asked for is found again in the delay, and is kept under another rule', () => {
  for (const retryAfterMs of [500, 2_000, 60_000]) {
    const delayMs = backoffMs({ rule, operationId, attempt: 2, retryAfterMs });
    expect(
      Math.abs(retryAfterOf({ rule, operationId, attempt: 2, delayMs }) - retryAfterMs),
    ).toBeLessThanOrEqual(1);
  }
  const busy = failed({ calls: [{ at: 0, failure: 'busy', retryAfterMs: 12_000 }] });
  const { calls } = courseUnder({ ...rule, firstDelayMs: 1 }, busy, new ProviderPast(outage()));
  expect(calls[1]?.at).toBeGreaterThanOrEqual(12_000);
});

test('courses are summed up', () => {
  const provider = new ProviderPast(outage());
  const courses = [
    courseUnder(rule, failed(), provider),
    courseUnder({ ...rule, attempts: 2 }, failed(), provider),
  ];
  const { calls, retries, ...rest } = sumOf(courses);
  expect(calls - retries).toBe(2);
  expect(rest).toMatchObject({ answered: 1, gaveUp: 1, open: 0, longestMs: courses[0]?.endAt });
  const none = { answered: 0, medianMs: undefined, longestMs: undefined };
  expect(sumOf(courses.slice(1))).toMatchObject({ calls: 2, ...none });
  expect(sumOf([])).toMatchObject({ calls: 0, ...none });
});
