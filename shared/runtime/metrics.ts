/** Attributes of a measurement. Few values each: never an id. */
export type Attributes = Readonly<Record<string, string>>;

/** Where the runtime counts, by the names that `catalogue` declares. */
export interface Metrics {
  /** Counts up. */
  add(name: MetricName, by: number, attributes?: Attributes): void;
  /** The value as it is now. */
  set(name: MetricName, value: number, attributes?: Attributes): void;
  /** One value of a distribution. */
  record(name: MetricName, value: number, attributes?: Attributes): void;
}

interface Declared {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  /** `1` for a number of things. */
  readonly unit: '1' | 's';
  readonly help: string;
  readonly attributes: readonly string[];
}

/** Every metric of the runtime, declared as data: the pages and the endpoint come from it. */
export const metricCatalogue = {
  refrain_calls_total: {
    kind: 'counter',
    unit: '1',
    help: 'Calls of operations to a dependency, by what came of them; a first attempt or a retry',
    attributes: ['dependency', 'effect', 'kind', 'outcome'],
  },
} as const satisfies Readonly<Record<string, Declared>>;

export type MetricName = keyof typeof metricCatalogue;

export const noMetrics: Metrics = { add: () => {}, set: () => {}, record: () => {} };
