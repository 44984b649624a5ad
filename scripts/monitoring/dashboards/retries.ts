import type { Dashboard } from '../dashboard.ts';
import { RETRIES, RETRY_BUDGET } from '../rules.ts';

const amplification = (by: string): string =>
  `sum by (${by}) (rate(refrain_calls_total[5m])) / sum by (${by}) (rate(refrain_operations_begun_total[5m]))`;

/** How often what is called, why, and what the governor makes of it. */
export const retries: Dashboard = {
  name: 'refrain-retries',
  title: 'Refrain: retries and the governor',
  picks: [],
  panels: [
    {
      title: "The governor's word",
      kind: 'course',
      unit: 'short',
      queries: [
        { expr: 'max by (dependency, word) (refrain_governor_word) > 0', legend: '{{dependency}} {{word}}' },
      ],
      help: 'A line for each word that an instance goes by: open, throttled, suppressed, probing, silent',
    },
    {
      title: 'Amplification: calls per operation',
      kind: 'course',
      unit: 'short',
      queries: [{ expr: amplification('dependency, effect'), legend: '{{dependency}} {{effect}}' }],
      redFrom: 2,
      help: '1 where everything works; the governor keeps it near 1.2 where it does not',
    },
    {
      title: 'Retries by their cause',
      kind: 'course',
      unit: 'reqps',
      queries: [
        {
          expr: 'sum by (dependency, outcome) (rate(refrain_calls_total{outcome!~"success|rejected"}[5m]))',
          legend: '{{dependency}} {{outcome}}',
        },
      ],
      help: 'Calls that failed, and so are made again, by the class of their failure',
    },
    {
      title: 'Share of the retry budget in use',
      kind: 'course',
      unit: 'percentunit',
      queries: [{ expr: `${RETRIES} / ${RETRY_BUDGET}`, legend: '{{dependency}}' }],
      redFrom: 0.8,
      help: 'Retries against a fifth of the first attempts and one a second more',
    },
    {
      title: 'Calls per second',
      kind: 'course',
      unit: 'reqps',
      queries: [
        {
          expr: 'sum by (dependency, kind) (rate(refrain_calls_total[1m]))',
          legend: '{{dependency}} {{kind}}',
        },
      ],
      help: 'First attempts and retries',
    },
    {
      title: 'Leave to call',
      kind: 'course',
      unit: 'reqps',
      queries: [
        {
          expr: 'sum by (dependency, leave) (rate(refrain_leaves_total[1m]))',
          legend: '{{dependency}} {{leave}}',
        },
      ],
      help: 'Granted, or why an operation was held',
    },
    {
      title: 'Why operations wait, the slowest twentieth',
      kind: 'course',
      unit: 's',
      queries: [
        {
          expr: 'histogram_quantile(0.95, sum by (reason, le) (rate(refrain_wait_seconds_bucket[5m])))',
          legend: '{{reason}}',
        },
      ],
      help: 'Backoff, outage, budget, the word, lag, a late alarm',
    },
    {
      title: 'Operations without an outcome',
      kind: 'course',
      unit: 'short',
      queries: [
        {
          expr: 'max by (service, effect, status) (refrain_operations) > 0',
          legend: '{{service}} {{effect}} {{status}}',
        },
      ],
      help: 'To be done, asked about, or a defect',
    },
  ],
};
