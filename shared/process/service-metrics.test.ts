import { readMetricsPage } from '@refrain/telemetry';
import { expect, test, vi } from 'vitest';
import { serviceMetrics } from './service-metrics.ts';

const valueOf = async (page: () => Promise<string>, name: string): Promise<number | undefined> =>
  readMetricsPage(await page()).get(name)?.samples[0]?.value;

const lines = () => ({ written: 3, thinned: 2, dropped: 1 });
const spans = () => ({ sent: 5, thinned: 4, dropped: 3, failed: 2 });
const counts = { lines, spans };

test('a page tells whether the instance is ready, what it takes, and that the broker answered', async () => {
  const { pageOf, metrics, onAppended } = serviceMetrics('toys', counts);
  let ready = false;
  const { page } = pageOf(
    () => ready,
    async () => metrics.set('refrain_clock_offset_seconds', 0.25),
  );
  onAppended({ result: 'conflict', ms: 20, repeats: 2 });
  const read = readMetricsPage(await page());
  const value = (name: string) =>
    read.get(name)?.samples.find(({ name: of }) => !of.endsWith('_bucket'))?.value;
  expect(value('refrain_ready')).toBe(0);
  expect(value('refrain_broker_answers')).toBe(1);
  expect(value('refrain_clock_offset_seconds')).toBe(0.25);
  expect(value('refrain_append_seconds')).toBe(0.02);
  expect(value('refrain_append_repeats_total')).toBe(2);
  const told = read.get('refrain_log_lines_total')?.samples ?? [];
  expect(told.map((line) => [line.labels['fate'], line.value])).toEqual(Object.entries(lines()));
  const left = read.get('refrain_spans_total')?.samples ?? [];
  expect(left.map((span) => [span.labels['fate'], span.value])).toEqual(Object.entries(spans()));
  expect(value('process_resident_memory_bytes')).toBeGreaterThan(1e6);
  expect(value('process_cpu_seconds_total')).toBeGreaterThan(0);
  expect(Math.abs((value('process_start_time_seconds') ?? 0) - Date.now() / 1_000)).toBeLessThan(3_600);
  ready = true;
  expect(await valueOf(page, 'refrain_ready')).toBe(1);
});

test('a broker that is silent holds a page up for a second, and is asked once by many pages', async () => {
  const { pageOf } = serviceMetrics('toys', counts);
  const { promise, reject } = Promise.withResolvers<void>();
  const observe = vi.fn<() => Promise<void>>(() => promise);
  const { page } = pageOf(() => true, observe);
  const from = performance.now();
  const values = await Promise.all([1, 2, 3].map(() => valueOf(page, 'refrain_broker_answers')));
  expect(values).toEqual([0, 0, 0]);
  expect(performance.now() - from).toBeLessThan(2_000);
  expect(observe).toHaveBeenCalledTimes(1);
  reject(new Error('RF_UNREACHABLE'));
  observe.mockResolvedValue();
  await vi.waitFor(async () => expect(await valueOf(page, 'refrain_broker_answers')).toBe(1));
});
