/** What is to be known of a metric before it is measured. */
export interface MetricDeclaration {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  readonly help: string;
  /** `1`, `s` or `bytes`; default `1`. */
  readonly unit?: string;
  readonly attributes: readonly string[];
  /** Of a histogram: the upper bounds of its buckets, rising. */
  readonly buckets?: readonly number[];
}

type Catalogue = Readonly<Record<string, MetricDeclaration>>;
type Values = Readonly<Record<string, string | undefined>>;

/** Measurements of this process, and the page that tells them. */
export interface MetricStore<Name extends string> {
  add(name: Name, by: number, attributes?: Values): void;
  set(name: Name, value: number, attributes?: Values): void;
  record(name: Name, value: number, attributes?: Values): void;
  /** All of them in the text format 0.0.4 of Prometheus. */
  text(): string;
  /** All of them as they are. */
  read(): MetricReading[];
}

/** A metric with its series. */
export interface MetricReading {
  readonly name: string;
  readonly declared: MetricDeclaration;
  readonly series: readonly SeriesReading[];
}

/** One series. Of a histogram `value` is the sum, and `counts` one number more than it has buckets. */
export interface SeriesReading {
  readonly attributes: Readonly<Record<string, string>>;
  readonly value: number;
  readonly count: number;
  readonly counts: readonly number[];
}

/** What `GET /metrics` answers. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Most series of one metric. Attributes are closed lists and names of contracts, so it is never reached;
 * should it be all the same, what is new is dropped, and memory stays bounded.
 */
const SERIES_MAX = 500;

interface Series {
  readonly labels: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** The value; of a histogram the sum. */
  value: number;
  count: number;
  /** How many values lay in each bucket, not counting those of smaller ones. */
  readonly buckets: number[];
}

interface Metric {
  readonly declared: MetricDeclaration;
  readonly series: Map<string, Series>;
}

const escaped = (text: string): string =>
  text.replaceAll('\\', String.raw`\\`).replaceAll('\n', String.raw`\n`);
const label = (name: string, value: string): string =>
  `${name}="${escaped(value).replaceAll('"', String.raw`\"`)}"`;

function numberOf(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}

/**
 * Keeps the metrics of a catalogue in memory, one number a series. `constant` stands on every series: which
 * service this is.
 */
export function createMetrics<const C extends Catalogue>(
  catalogue: C,
  constant: Readonly<Record<string, string>>,
): MetricStore<keyof C & string> {
  const always = Object.entries(constant).map(([name, value]) => label(name, value));
  const metrics = new Map<string, Metric>(
    Object.entries(catalogue).map(([name, declared]) => [name, { declared, series: new Map() }]),
  );
  const seriesOf = (name: string, attributes: Values): Series | undefined => {
    const metric = metrics.get(name) as Metric;
    const { attributes: names, buckets = [] } = metric.declared;
    let key = '';
    for (const attribute of names) key += `${attributes[attribute] ?? ''}\n`;
    const known = metric.series.get(key);
    if (known || metric.series.size >= SERIES_MAX) return known;
    const own = names.map((attribute) => [attribute, attributes[attribute] ?? ''] as const);
    const labels = [...always, ...own.map(([attribute, value]) => label(attribute, value))].join(',');
    const said = Object.fromEntries(own);
    const series = { labels, attributes: said, value: 0, count: 0, buckets: buckets.map(() => 0) };
    metric.series.set(key, series);
    return series;
  };
  return {
    add: (name, by, attributes = {}) => {
      const series = seriesOf(name, attributes);
      if (series) series.value += by;
    },
    set: (name, value, attributes = {}) => {
      const series = seriesOf(name, attributes);
      if (series) series.value = value;
    },
    record: (name, value, attributes = {}) => {
      const series = seriesOf(name, attributes);
      if (!series) return;
      series.value += value;
      series.count++;
      const bucket = catalogue[name]?.buckets?.findIndex((bound) => value <= bound) ?? -1;
      if (bucket >= 0) series.buckets[bucket] = (series.buckets[bucket] ?? 0) + 1;
    },
    text: () => [...metrics].flatMap(([name, metric]) => linesOf(name, metric)).join('\n') + '\n',
    read: () =>
      [...metrics].map(([name, { declared, series }]) => ({
        name,
        declared,
        series: [...series.values()].map(readingOf),
      })),
  };
}

function readingOf({ attributes, value, count, buckets }: Series): SeriesReading {
  const above = count - buckets.reduce((sum, one) => sum + one, 0);
  return { attributes, value, count, counts: [...buckets, above] };
}

function linesOf(name: string, { declared, series }: Metric): string[] {
  const { kind, help, buckets = [] } = declared;
  const head = [`# HELP ${name} ${escaped(help)}`, `# TYPE ${name} ${kind}`];
  const sample = (suffix: string, labels: string, value: number): string =>
    `${name}${suffix}${labels === '' ? '' : `{${labels}}`} ${numberOf(value)}`;
  const rows = [...series.values()].flatMap((one) => {
    if (kind !== 'histogram') return [sample('', one.labels, one.value)];
    let below = 0;
    const within = (bound: string): string => [one.labels, label('le', bound)].filter(Boolean).join(',');
    const bounded = buckets.map((bound, i) =>
      sample('_bucket', within(numberOf(bound)), (below += one.buckets[i] ?? 0)),
    );
    return [
      ...bounded,
      sample('_bucket', within('+Inf'), one.count),
      sample('_sum', one.labels, one.value),
      sample('_count', one.labels, one.count),
    ];
  });
  return [...head, ...rows];
}
