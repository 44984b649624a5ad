import type { MetricFamily } from '@refrain/telemetry';
import { readMetricsPage } from '@refrain/telemetry';
import type { TestShop } from '../support/shop.ts';

/** How many values of a distribution are at most each upper bound, in seconds. */
type Counts = ReadonlyMap<number, number>;

/** What instances told of their promptness up to a moment. */
export interface Reading {
  /** How long after it was due an alarm came. */
  readonly fired: Counts;
  /** How long after an alarm and the leave for it an operation was called. */
  readonly called: Counts;
}

/** Of how many values, and what 99 % of them did not exceed, in seconds. */
export interface Quantile {
  readonly count: number;
  readonly p99S: number;
}

export interface Promptness {
  readonly fired: Quantile;
  readonly called: Quantile;
}

/** Reads the metrics of all instances of payments. */
export async function readPromptness(shop: Pick<TestShop, 'processes'>): Promise<Reading> {
  const instances = (await shop.processes()).filter(({ name }) => /^payments(-\d+)?$/.test(name));
  const pages = await Promise.all(
    instances.map(async ({ url }) => readMetricsPage(await (await fetch(`${url}/metrics`)).text())),
  );
  const all = (metric: string, attribute?: string, value?: string): Counts => {
    const counts = new Map<number, number>();
    for (const page of pages)
      for (const [bound, n] of countsOf(page.get(metric), attribute, value))
        counts.set(bound, (counts.get(bound) ?? 0) + n);
    return counts;
  };
  return {
    fired: all('refrain_wait_seconds', 'reason', 'schedule late'),
    called: all('refrain_call_start_seconds'),
  };
}

function countsOf(
  family: MetricFamily | undefined,
  attribute: string | undefined,
  value: string | undefined,
): [number, number][] {
  const buckets = family?.samples.filter(
    ({ name, labels }) =>
      name.endsWith('_bucket') && (attribute === undefined || labels[attribute] === value),
  );
  return (buckets ?? []).map(({ labels: { le = '' }, value: count }) => [
    le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le),
    count,
  ]);
}

/** What happened between two readings. */
export const promptnessBetween = (from: Reading, to: Reading): Promptness => ({
  fired: quantileBetween(from.fired, to.fired),
  called: quantileBetween(from.called, to.called),
});

/** The lowest bound that 99 % of what was added do not exceed; 0 for nothing. */
export function quantileBetween(from: Counts, to: Counts): Quantile {
  const added = [...to]
    .map(([bound, n]) => ({ bound, n: n - (from.get(bound) ?? 0) }))
    .toSorted((a, b) => a.bound - b.bound);
  const count = added.at(-1)?.n ?? 0;
  const p99S = count === 0 ? 0 : (added.find(({ n }) => n >= 0.99 * count)?.bound ?? 0);
  return { count, p99S };
}
