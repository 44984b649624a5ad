import type { Dashboard } from '../dashboard.ts';

const one = (name: string, more = ''): string => `${name}{service="$service"${more}}`;

/** One service with all its instances. */
export const service: Dashboard = {
  name: 'refrain-service',
  title: 'Refrain: one service',
  picks: ['service'],
  panels: [
    {
      title: 'Ready, and heard by the broker',
      kind: 'now',
      unit: 'short',
      queries: [
        { expr: `sum(${one('refrain_ready')})`, legend: 'ready' },
        { expr: `sum(${one('refrain_broker_answers')})`, legend: 'the broker answers' },
      ],
      help: 'Instances',
    },
    {
      title: 'Dead letters',
      kind: 'now',
      unit: 'short',
      queries: [{ expr: `max(${one('refrain_dead_letters_open')})`, legend: 'open' }],
      redFrom: 1,
      help: 'npx refrain dead-letters ls',
    },
    {
      title: 'Oldest overdue',
      kind: 'now',
      unit: 's',
      queries: [{ expr: `max(${one('refrain_oldest_overdue_seconds')})`, legend: 'operation' }],
      redFrom: 300,
      help: 'Of those that go on by themselves and are not held',
    },
    {
      title: 'Clock',
      kind: 'now',
      unit: 's',
      queries: [{ expr: `max(abs(${one('refrain_clock_offset_seconds')}))`, legend: 'off' }],
      redFrom: 0.5,
      help: "How far from the broker's",
    },
    {
      title: 'Events per second',
      kind: 'course',
      unit: 'reqps',
      queries: [{ expr: `sum by (event) (rate(${one('refrain_events_total')}[1m]))`, legend: '{{event}}' }],
      help: 'Recorded by all its instances',
    },
    {
      title: 'Appends, 99th of a hundred',
      kind: 'course',
      unit: 's',
      queries: [
        {
          expr: `histogram_quantile(0.99, sum by (result, le) (rate(${one('refrain_append_seconds_bucket')}[5m])))`,
          legend: '{{result}}',
        },
      ],
      help: 'From the first try to the answer, with all repeats',
    },
    {
      title: 'Conflicts and repeats',
      kind: 'course',
      unit: 'reqps',
      queries: [
        {
          expr: `sum by (result) (rate(${one('refrain_append_seconds_count', ',result!="appended"')}[5m]))`,
          legend: '{{result}}',
        },
        { expr: `sum(rate(${one('refrain_append_repeats_total')}[5m]))`, legend: 'sent again' },
      ],
      help: 'A conflict is two instances at one entity: one decides again',
    },
    {
      title: 'Deliveries per second',
      kind: 'course',
      unit: 'reqps',
      queries: [
        {
          expr: `sum by (source, work, redelivered) (rate(${one('refrain_deliveries_total')}[1m]))`,
          legend: '{{source}} {{work}}, again: {{redelivered}}',
        },
      ],
      help: 'Of events, deadlines and alarms',
    },
    {
      title: 'Handling, 95th of a hundred',
      kind: 'course',
      unit: 's',
      queries: [
        {
          expr: `histogram_quantile(0.95, sum by (source, work, le) (rate(${one('refrain_handling_seconds_bucket')}[5m])))`,
          legend: '{{source}} {{work}}',
        },
      ],
      help: 'With calls where it made any',
    },
    {
      title: 'Memory',
      kind: 'course',
      unit: 'bytes',
      queries: [
        {
          expr: `sum by (instance) (${one('process_resident_memory_bytes')})`,
          legend: '{{instance}} memory',
        },
      ],
      help: 'Of each instance, in RAM',
    },
    {
      title: 'CPU',
      kind: 'course',
      unit: 'percentunit',
      queries: [
        {
          expr: `sum by (instance) (rate(${one('process_cpu_seconds_total')}[1m]))`,
          legend: '{{instance}}',
        },
      ],
      help: 'Cores in use',
    },
  ],
};
