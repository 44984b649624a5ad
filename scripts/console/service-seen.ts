import type { MatterSeen, ServiceSeen } from '@refrain/console/api';
import type { MetricName } from '@refrain/runtime';
import type { MetricFamily } from '@refrain/telemetry';

/** The metrics of one instance. */
export type MetricsPage = ReadonlyMap<string, MetricFamily>;

interface Value {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A gauge that every instance tells of the whole service: the highest of each series counts. */
function ofService(pages: readonly MetricsPage[], name: MetricName): Value[] {
  const highest = new Map<string, Value>();
  for (const { labels, value } of pages.flatMap((page) => page.get(name)?.samples ?? [])) {
    const series = Object.entries(labels)
      .map((label) => label.join('='))
      .sort()
      .join();
    if (value > (highest.get(series)?.value ?? -Infinity)) highest.set(series, { labels, value });
  }
  return [...highest.values()];
}

const sum = (values: readonly Value[]): number => values.reduce((total, { value }) => total + value, 0);
const ms = (seconds: number): number => Math.round(seconds * 1_000);

/** How a service stands, from the metrics of its instances; one that told nothing has an empty page. */
export function serviceSeen(service: string, pages: readonly MetricsPage[]): ServiceSeen {
  const operations = ofService(pages, 'refrain_operations');
  const of = (status: string): number => sum(operations.filter(({ labels }) => labels['status'] === status));
  const lags = ofService(pages, 'refrain_consumer_lag');
  return {
    service,
    instances: pages.length,
    ready: sum(pages.flatMap((page) => page.get('refrain_ready')?.samples ?? [])),
    commits: sum(ofService(pages, 'refrain_stream_commits')),
    lag: sum(lags.filter(({ labels }) => labels['work'] !== 'deadlines')),
    open: of('open'),
    waiting: of('waiting'),
    defect: of('defect'),
    deadLetters: sum(ofService(pages, 'refrain_dead_letters_open')),
    oldestOverdueMs: ms(sum(ofService(pages, 'refrain_oldest_overdue_seconds'))),
  };
}

/** What the business waits for at a service, by the same metrics as dashboards and alerts. */
export function matters(service: string, pages: readonly MetricsPage[]): MatterSeen[] {
  const oldest = ofService(pages, 'refrain_oldest_matter_seconds');
  const money = ofService(pages, 'refrain_matters_money_minor');
  const named =
    (name: string | undefined) =>
    ({ labels }: Value): boolean =>
      labels['matter'] === name;
  return ofService(pages, 'refrain_matters_open').map(({ labels: { matter = '' }, value }) => ({
    service,
    matter,
    open: value,
    oldestMs: ms(sum(oldest.filter(named(matter)))),
    money: money
      .filter(named(matter))
      .map(({ labels: { currency = '' }, value: minor }) => ({ minor, currency })),
  }));
}
