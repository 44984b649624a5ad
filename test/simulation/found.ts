import type { Plan } from '@refrain/simulation';

/** What a simulated run once found, kept as the short plan that it was shrunk to. */
export interface Found {
  readonly n: number;
  /** What happened, in a sentence. */
  readonly story: string;
  readonly plan: Plan;
}

const order = (atMs: number, key: string): Plan['load'][number] => ({
  atMs,
  kind: 'order',
  args: { key, lines: 'tea-001:1', card: 'pm_card_visa' },
});

/** Numbered, and never taken away: a plan is data, so it stays the same story whatever else is drawn. */
export const found: readonly Found[] = [
  {
    n: 1,
    story:
      'A delivery came twice while its call was under way or waited for leave: two calls under one key, one effect, one record; that was told as a call without a record.',
    plan: {
      seed: 39,
      faults: [{ atMs: 1, kind: 'doubled deliveries', args: { share: 0.5, forMs: 6_000 } }],
      load: Array.from({ length: 10 }, (_, i) => order(300 + i * 250, `k${i + 1}`)),
    },
  },
  {
    n: 2,
    story:
      'A process died in the very first call of its life, before it was registered as running: it was never started again, and nobody noticed.',
    plan: {
      seed: 1,
      faults: [
        {
          atMs: 0,
          kind: 'crash at a point',
          args: { label: 'payments: before log.subscribe of payments', nth: 1, backMs: 700 },
        },
      ],
      load: [order(100, 'k1')],
    },
  },
];
