import type { Dashboard } from '../dashboard.ts';

/** The broker, from what services are told by it: its own monitoring is not open. */
export const jetstream: Dashboard = {
  name: 'refrain-jetstream',
  title: 'Refrain: JetStream, as services see it',
  picks: [],
  panels: [
    {
      title: 'The broker answers',
      kind: 'now',
      unit: 'short',
      queries: [{ expr: 'min by (service) (refrain_broker_answers)', legend: '{{service}}' }],
      help: '0: nothing is recorded',
    },
    {
      title: 'Copies that are behind or gone',
      kind: 'now',
      unit: 'short',
      queries: [{ expr: 'max by (service) (refrain_stream_copies{copies="behind"})', legend: '{{service}}' }],
      redFrom: 1,
      help: 'Of the three that a cluster keeps',
    },
    {
      title: 'Commits in the logs',
      kind: 'course',
      unit: 'short',
      queries: [{ expr: 'max by (service) (refrain_stream_commits)', legend: '{{service}}' }],
      help: 'They are kept for ever',
    },
    {
      title: 'Size of the logs',
      kind: 'course',
      unit: 'bytes',
      queries: [{ expr: 'max by (service) (refrain_stream_bytes)', legend: '{{service}}' }],
      help: "On one node's disk",
    },
    {
      title: 'Slowest copy',
      kind: 'course',
      unit: 'short',
      queries: [{ expr: 'max by (service) (refrain_replica_lag)', legend: '{{service}}' }],
      redFrom: 1_000,
      help: 'Commits behind its leader',
    },
    {
      title: 'What durables have yet to deliver',
      kind: 'course',
      unit: 'short',
      queries: [
        {
          expr: 'max by (service, source, work) (refrain_consumer_lag)',
          legend: '{{service}} of {{source}}, {{work}}',
        },
      ],
      help: 'Deadlines hold theirs back on purpose',
    },
    {
      title: 'Appends per second, by their result',
      kind: 'course',
      unit: 'reqps',
      queries: [
        {
          expr: 'sum by (service, result) (rate(refrain_append_seconds_count[1m]))',
          legend: '{{service}} {{result}}',
        },
      ],
      help: 'Appended, known already, or somebody else was first',
    },
    {
      title: 'Deliveries that come again',
      kind: 'course',
      unit: 'reqps',
      queries: [
        {
          expr: 'sum by (service, work) (rate(refrain_deliveries_total{redelivered="yes"}[5m]))',
          legend: '{{service}} {{work}}',
        },
      ],
      help: 'Acknowledgements that got lost, processes that died, work that was given back',
    },
    {
      title: 'Lag and late alarms, the slowest twentieth',
      kind: 'course',
      unit: 's',
      queries: [
        {
          expr: 'histogram_quantile(0.95, sum by (reason, le) (rate(refrain_wait_seconds_bucket{reason=~"lag|schedule late"}[5m])))',
          legend: '{{reason}}',
        },
      ],
      help: 'From being stored, or due, to being handled',
    },
    {
      title: 'Clocks',
      kind: 'course',
      unit: 's',
      queries: [{ expr: 'max by (service) (abs(refrain_clock_offset_seconds))', legend: '{{service}}' }],
      redFrom: 0.5,
      help: "How far from the broker's",
    },
  ],
};
