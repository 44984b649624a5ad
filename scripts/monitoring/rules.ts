/** A rule of Prometheus that wakes a person, or tells one by day. */
export interface Alert {
  readonly name: string;
  /** `critical`: money or goods wait. `warning`: it will come to that, or costs more than it should. */
  readonly severity: 'critical' | 'warning';
  readonly expr: string;
  /** How long it has to hold. */
  readonly for: string;
  /** One line for the person; `{{ $labels.x }}` of what `expr` keeps, and nothing else. */
  readonly summary: string;
}

const callsOf = (kind: string): string =>
  `sum by (dependency) (rate(refrain_calls_total{kind="${kind}"}[5m]))`;

/** Retries a second at each dependency. */
export const RETRIES = callsOf('retry');

/** How many there may be while it fails: a fifth of the first attempts, and one a second more. */
export const RETRY_BUDGET = `(0.2 * ${callsOf('first')} + 1)`;

/** Every alert. Its page stands in docs/runbooks, under its name. */
export const alerts: readonly Alert[] = [
  {
    name: 'RefrainInstanceDown',
    severity: 'critical',
    expr: 'up{job="refrain"} == 0',
    for: '1m',
    summary: 'The {{ $labels.process }} at {{ $labels.instance }} does not answer',
  },
  {
    name: 'RefrainBrokerSilent',
    severity: 'critical',
    expr: 'min by (service) (refrain_broker_answers) == 0',
    for: '1m',
    summary: 'The broker does not answer {{ $labels.service }}: nothing is recorded',
  },
  {
    name: 'RefrainRetriesNearBudget',
    severity: 'warning',
    expr: `${RETRIES} > 0.8 * ${RETRY_BUDGET}`,
    for: '2m',
    summary: 'Retries of {{ $labels.dependency }} take over four fifths of their budget',
  },
  {
    name: 'RefrainBudgetSpent',
    severity: 'warning',
    expr: 'sum by (dependency) (rate(refrain_leaves_total{leave="budget"}[5m])) > 0',
    for: '5m',
    summary: 'Retries of {{ $labels.dependency }} wait, since their budget is spent',
  },
  {
    name: 'RefrainCallsHeld',
    severity: 'critical',
    expr: 'max by (dependency) (refrain_governor_word{word=~"suppressed|probing"}) == 1',
    for: '2m',
    summary:
      'The governor holds the calls to {{ $labels.dependency }}: it fails, or somebody pinned the word',
  },
  {
    name: 'RefrainGovernorSilent',
    severity: 'warning',
    expr: 'max by (dependency) (refrain_governor_word{word="silent"}) == 1',
    for: '1m',
    summary: 'No governor speaks of {{ $labels.dependency }}: each instance keeps to what it may do alone',
  },
  {
    name: 'RefrainCompensationStuck',
    severity: 'critical',
    expr: 'sum by (service, event) (increase(refrain_compensations_total{stage="stuck"}[15m])) > 0',
    for: '0m',
    summary:
      '{{ $labels.service }} cannot undo a {{ $labels.event }}, and goes on asking or waits for a person',
  },
  {
    name: 'RefrainRefundOverdue',
    severity: 'critical',
    expr: 'max by (service, matter) (refrain_oldest_matter_seconds{matter="refund"}) > 900',
    for: '1m',
    summary: 'Money should have gone back a quarter of an hour ago, and has not',
  },
  {
    name: 'RefrainUnsettled',
    severity: 'critical',
    expr: 'max by (service, matter) (refrain_oldest_matter_seconds{matter=~"unsettled order|captured and unsettled"}) > 1200',
    for: '1m',
    summary: 'The oldest {{ $labels.matter }} is over 20 minutes old: past its deadline, and not undone',
  },
  {
    name: 'RefrainOperationsOverdue',
    severity: 'warning',
    expr: 'max by (service) (refrain_oldest_overdue_seconds) > 300',
    for: '2m',
    summary: 'An operation of {{ $labels.service }} should have gone on minutes ago, and nobody holds it',
  },
  {
    name: 'RefrainDeadLettersGrow',
    severity: 'critical',
    expr: 'sum by (service) (increase(refrain_dead_letters_total[15m])) > 0',
    for: '0m',
    summary: '{{ $labels.service }} met what it cannot decide: a defect of ours',
  },
  {
    name: 'RefrainDeadLettersOpen',
    severity: 'warning',
    expr: 'max by (service) (refrain_dead_letters_open) > 0',
    for: '30m',
    summary: 'Dead letters of {{ $labels.service }} wait for a person',
  },
  {
    name: 'RefrainReplicaLag',
    severity: 'critical',
    expr: 'max by (service) (refrain_replica_lag) > 1000 or max by (service) (refrain_stream_copies{copies="behind"}) > 0',
    for: '2m',
    summary:
      'A copy of the log of {{ $labels.service }} is behind or gone: one more loss, and nothing is recorded',
  },
  {
    name: 'RefrainConsumerLag',
    severity: 'warning',
    expr: 'max by (service, source, work) (refrain_consumer_lag{work!="deadlines"}) > 1000',
    for: '5m',
    summary: '{{ $labels.service }} does not keep up with {{ $labels.source }} ({{ $labels.work }})',
  },
  {
    name: 'RefrainNewerEvents',
    severity: 'warning',
    expr: 'max by (service) (refrain_newer_waiting) > 0',
    for: '10m',
    summary: '{{ $labels.service }} hears events that its build does not know',
  },
  {
    name: 'RefrainLogLinesDropped',
    severity: 'warning',
    expr: 'sum by (service) (increase(refrain_log_lines_total{fate="dropped"}[15m])) > 0',
    for: '0m',
    summary: 'Nobody reads the log of {{ $labels.service }} in time: routine lines are missing',
  },
  {
    name: 'RefrainClockOff',
    severity: 'warning',
    expr: 'max by (service) (abs(refrain_clock_offset_seconds)) > 0.5',
    for: '2m',
    summary: "A clock of {{ $labels.service }} and the broker's are over half a second apart",
  },
];

/** Its page: `docs/runbooks/governor-silent.md` of `RefrainGovernorSilent`. */
export const runbookOf = ({ name }: Pick<Alert, 'name'>): string =>
  `docs/runbooks/${name
    .replace(/^Refrain/, '')
    .replaceAll(/(?<=.)[A-Z]/g, (letter) => `-${letter}`)
    .toLowerCase()}.md`;
