import type { attributeValues, Declared } from './metric-declarations.ts';

/** What a measurement may be told apart by: few values each, never an id. */
export type Attributes = Readonly<Partial<Record<keyof typeof attributeValues, string>>>;

/** Where the runtime counts, by the names that `metricCatalogue` declares. Never waits, never throws. */
export interface Metrics {
  /** Counts up. */
  add(name: MetricName, by: number, attributes?: Attributes): void;
  /** The value as it is now. */
  set(name: MetricName, value: number, attributes?: Attributes): void;
  /** One value of a distribution. */
  record(name: MetricName, value: number, attributes?: Attributes): void;
}

/** Upper bounds of what takes milliseconds, in seconds. */
const short = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** Upper bounds of what is waited for, in seconds: from a moment to an hour. */
const long = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3_600];

/** Every metric of a service, declared as data: the page and the endpoint follow from it. */
export const metricCatalogue = {
  refrain_calls_total: {
    kind: 'counter',
    unit: '1',
    help: 'Calls of operations to a dependency, by what came of them; a first attempt or a retry',
    attributes: ['dependency', 'effect', 'kind', 'outcome'],
  },
  refrain_operations_begun_total: {
    kind: 'counter',
    unit: '1',
    help: 'Operations begun: intents recorded. Calls divided by these are the amplification',
    attributes: ['dependency', 'effect'],
  },
  refrain_operations: {
    kind: 'gauge',
    unit: '1',
    help: 'Operations without an outcome, as of the last look at the log: to be done, asked about, or a defect',
    attributes: ['effect', 'status'],
  },
  refrain_oldest_overdue_seconds: {
    kind: 'gauge',
    unit: 's',
    help: 'By how much the oldest operation is overdue that goes on by itself and is not held, as of the last sweep',
    attributes: [],
  },
  refrain_wait_seconds: {
    kind: 'histogram',
    unit: 's',
    help: 'Waits and why: expected ones of operations as they are recorded; lag and lateness as they are seen',
    attributes: ['reason', 'dependency'],
    buckets: long,
  },
  refrain_call_start_seconds: {
    kind: 'histogram',
    unit: 's',
    help: 'Time from the delivery or alarm that brought an operation to its call, without the wait for leave',
    attributes: ['dependency', 'kind'],
    buckets: short,
  },
  refrain_leaves_total: {
    kind: 'counter',
    unit: '1',
    help: 'Answers to an operation that asked for leave to call: granted, or why it was held',
    attributes: ['dependency', 'kind', 'leave'],
  },
  refrain_governor_granted: {
    kind: 'gauge',
    unit: '1',
    help: 'Calls granted until the next word; retries without those that first attempts pay for; +Inf: no limit',
    attributes: ['dependency', 'calls'],
  },
  refrain_governor_word: {
    kind: 'gauge',
    unit: '1',
    help: "1 for the governor's word that this instance goes by, 0 for the others; silent: none came for 3 s",
    attributes: ['dependency', 'word'],
  },
  refrain_matters_open: {
    kind: 'gauge',
    unit: '1',
    help: 'What the business waits for, by its name: how many are open, as of the last look at the log',
    attributes: ['matter'],
  },
  refrain_oldest_matter_seconds: {
    kind: 'gauge',
    unit: 's',
    help: 'For how long the oldest of them has been open; 0 when none is',
    attributes: ['matter'],
  },
  refrain_matters_money_minor: {
    kind: 'gauge',
    unit: '1',
    help: 'What the open ones are worth together, in minor units: 1250 is 12.50',
    attributes: ['matter', 'currency'],
  },
  refrain_matter_seconds: {
    kind: 'histogram',
    unit: 's',
    help: 'How long each was open that this instance closed: of an order, its time to settle',
    attributes: ['matter'],
    buckets: long,
  },
  refrain_compensations_total: {
    kind: 'counter',
    unit: '1',
    help: 'Undoing of what was done, by the event that is undone: begun by an effect, done, or stuck',
    attributes: ['event', 'stage'],
  },
  refrain_dead_letters_total: {
    kind: 'counter',
    unit: '1',
    help: 'Dead letters recorded: a cause that could not be handled, or an operation with a defect',
    attributes: ['of'],
  },
  refrain_dead_letters_open: {
    kind: 'gauge',
    unit: '1',
    help: 'Dead letters that wait for a person, as of the last look at the log, those of operations with them',
    attributes: [],
  },
  refrain_duplicates_total: {
    kind: 'counter',
    unit: '1',
    help: 'Repeats that changed nothing, by the layer that caught them',
    attributes: ['layer'],
  },
  refrain_events_total: {
    kind: 'counter',
    unit: '1',
    help: 'Events recorded by this instance; one whose acknowledgement got lost may be missing',
    attributes: ['event'],
  },
  refrain_append_seconds: {
    kind: 'histogram',
    unit: 's',
    help: 'Time from the first try of an append to its answer, with all repeats',
    attributes: ['result'],
    buckets: short,
  },
  refrain_append_repeats_total: {
    kind: 'counter',
    unit: '1',
    help: 'Appends sent again because the broker was silent or busy',
    attributes: [],
  },
  refrain_replayed_commits_total: {
    kind: 'counter',
    unit: '1',
    help: 'Commits of the own log that were read and folded: by entities, or by read models',
    attributes: ['reader'],
  },
  refrain_deliveries_total: {
    kind: 'counter',
    unit: '1',
    help: 'Deliveries and alarms taken from the broker; redelivered: not for the first time',
    attributes: ['source', 'work', 'redelivered'],
  },
  refrain_handling_seconds: {
    kind: 'histogram',
    unit: 's',
    help: 'Time a delivery or an alarm took to be handled, with calls where it made any',
    attributes: ['source', 'work'],
    buckets: short,
  },
  refrain_consumer_lag: {
    kind: 'gauge',
    unit: '1',
    help: 'Commits that a durable has yet to deliver, asked for this page; deadlines hold theirs back on purpose',
    attributes: ['source', 'work'],
  },
  refrain_stream_commits: {
    kind: 'gauge',
    unit: '1',
    help: "Commits in this service's log, asked for this page",
    attributes: [],
  },
  refrain_stream_bytes: {
    kind: 'gauge',
    unit: 'bytes',
    help: "What this service's log takes of one node's disk, asked for this page",
    attributes: [],
  },
  refrain_stream_copies: {
    kind: 'gauge',
    unit: '1',
    help: "Copies of this service's log, its leader's with them: those that have all, and those that do not",
    attributes: ['copies'],
  },
  refrain_replica_lag: {
    kind: 'gauge',
    unit: '1',
    help: "By how many commits the slowest copy is behind its leader's; 0 where there is one copy",
    attributes: [],
  },
  refrain_newer_waiting: {
    kind: 'gauge',
    unit: '1',
    help: 'Kinds of events that wait for a newer build of this service, each looked at every few seconds',
    attributes: [],
  },
  refrain_clock_offset_seconds: {
    kind: 'gauge',
    unit: 's',
    help: "By how much this clock is ahead of the broker's, asked for this page; below 0: behind",
    attributes: [],
  },
  refrain_broker_answers: {
    kind: 'gauge',
    unit: '1',
    help: '1 when the broker answered what this page asked it; at 0, lag and clock offset are old',
    attributes: [],
  },
  refrain_log_lines_total: {
    kind: 'counter',
    unit: '1',
    help: 'Log lines: written, thinned on purpose (LOG_SAMPLE), or dropped since nobody read them in time',
    attributes: ['fate'],
  },
  refrain_spans_total: {
    kind: 'counter',
    unit: '1',
    help: 'Spans: sent to a collector, thinned by the sample, dropped at a full queue, or failed at the collector',
    attributes: ['fate'],
  },
  refrain_ready: {
    kind: 'gauge',
    unit: '1',
    help: '1 when the instance takes work, as /health/ready says; a dependency that is down does not change it',
    attributes: [],
  },
  process_resident_memory_bytes: {
    kind: 'gauge',
    unit: 'bytes',
    help: 'Memory of the process that is in RAM',
    attributes: [],
  },
  process_cpu_seconds_total: {
    kind: 'counter',
    unit: 's',
    help: 'CPU time of the process, user and system',
    attributes: [],
  },
  process_start_time_seconds: {
    kind: 'gauge',
    unit: 's',
    help: 'When the process began, in seconds since 1970',
    attributes: [],
  },
} as const satisfies Readonly<Record<string, Declared>>;

export type MetricName = keyof typeof metricCatalogue;

export const noMetrics: Metrics = { add: () => {}, set: () => {}, record: () => {} };
