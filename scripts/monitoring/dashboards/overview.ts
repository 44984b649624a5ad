import type { Dashboard } from '../dashboard.ts';

const EUROS = { unit: 'currencyEUR' } as const;

/** What a shopkeeper asks: orders, and whose money lies where. */
export const overview: Dashboard = {
  name: 'refrain-overview',
  title: 'Refrain: orders and money',
  picks: [],
  panels: [
    {
      title: 'Captured and unsettled',
      kind: 'now',
      ...EUROS,
      queries: [
        { expr: 'max(refrain_matters_money_minor{matter="captured and unsettled"}) / 100', legend: 'euros' },
      ],
      help: 'Money of customers whose order is neither completed nor undone',
    },
    {
      title: 'On its way back',
      kind: 'now',
      ...EUROS,
      queries: [{ expr: 'max(refrain_matters_money_minor{matter="refund"}) / 100', legend: 'euros' }],
      help: 'Refunds that are asked for and not issued, those that are stuck with them',
    },
    {
      title: 'Oldest refund',
      kind: 'now',
      unit: 's',
      queries: [{ expr: 'max(refrain_oldest_matter_seconds{matter="refund"})', legend: 'age' }],
      redFrom: 900,
      help: 'Overdue from a quarter of an hour on: see the runbook of RefrainRefundOverdue',
    },
    {
      title: 'Oldest unsettled order',
      kind: 'now',
      unit: 's',
      queries: [{ expr: 'max(refrain_oldest_matter_seconds{matter="unsettled order"})', legend: 'age' }],
      redFrom: 1_200,
      help: 'An order is cancelled after its deadline of 15 minutes, and undone soon after',
    },
    {
      title: 'Unsettled orders',
      kind: 'now',
      unit: 'short',
      queries: [{ expr: 'max(refrain_matters_open{matter="unsettled order"})', legend: 'orders' }],
      help: 'Placed, and neither completed nor cancelled yet',
    },
    {
      title: 'Defects and unknown outcomes',
      kind: 'now',
      unit: 'short',
      queries: [
        { expr: 'sum(max by (service) (refrain_dead_letters_open))', legend: 'dead letters' },
        {
          expr: 'sum(max by (service, effect) (refrain_operations{status="waiting"}))',
          legend: 'unknown outcomes',
        },
      ],
      redFrom: 1,
      help: 'npx refrain dead-letters ls, npx refrain retries ls',
    },
    {
      title: 'Orders per second, by their end',
      kind: 'course',
      unit: 'reqps',
      queries: [
        {
          expr: 'sum by (event) (rate(refrain_events_total{event=~"OrderPlaced|OrderCompleted|OrderCancelled"}[5m]))',
          legend: '{{event}}',
        },
      ],
      help: 'What is placed has to come out at one of the two ends',
    },
    {
      title: 'Time to settle',
      kind: 'course',
      unit: 's',
      queries: [0.5, 0.95, 0.99].map((share) => ({
        expr: `histogram_quantile(${share}, sum by (le) (rate(refrain_matter_seconds_bucket{matter="unsettled order"}[5m])))`,
        legend: `p${share * 100}`,
      })),
      help: 'From the placing to the end, forward or backward, the mail not counted',
    },
    {
      title: 'Undoing per minute',
      kind: 'course',
      unit: 'short',
      queries: [
        {
          expr: 'sum by (event, stage) (rate(refrain_compensations_total[5m])) * 60',
          legend: '{{event}} {{stage}}',
        },
      ],
      help: 'Compensations by what is undone: begun, done, stuck',
    },
    {
      title: 'Repeats that changed nothing, by what caught them',
      kind: 'course',
      unit: 'reqps',
      queries: [{ expr: 'sum by (layer) (rate(refrain_duplicates_total[5m]))', legend: '{{layer}}' }],
      help: 'Each of them would have been something done twice',
    },
  ],
};
