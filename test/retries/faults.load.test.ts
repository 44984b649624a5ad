import { expect, test } from 'vitest';
import { runFaults, tooEarly } from './fault-run.ts';

test('every fault of the provider under load: nothing twice, nothing lost, the budget kept', {
  timeout: 300_000,
}, async () => {
  const report = await runFaults({
    payments: 2,
    rate: 8,
    eachMs: 5_000,
    settleMsMax: 150_000,
    say: (text) => console.log(text),
  });
  expect(report.audit.violations).toEqual([]);
  expect(report.audit.unsettled).toEqual([]);
  expect(report.refused).toEqual([]);
  expect(report.cancelled).toEqual({});
  expect(report.tooEarlyMs).toEqual([]);
  const { retries = 0, allowed = 0 } = report.fullest ?? {};
  expect(retries).toBeLessThanOrEqual(allowed);
});

test('a call that comes before Retry-After is over is found', () => {
  const call = (ms: number, fate: string) => {
    const at = new Date(ms).toISOString();
    return { at, step: 'confirm', operationId: 'a', fate };
  };
  expect(tooEarly([call(10_000, 'throttled'), call(12_000, 'ok')], 2_000)).toEqual([]);
  expect(tooEarly([call(10_000, 'throttled'), call(11_400, 'ok')], 2_000)).toEqual([600]);
});
