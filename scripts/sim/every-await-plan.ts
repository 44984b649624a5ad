import type { Entry, Plan } from '@refrain/simulation';

const order = (atMs: number, key: string, lines: string, more: Entry['args'] = {}): Entry => ({
  atMs,
  kind: 'order',
  args: { key, lines, card: 'pm_card_visa', ...more },
});

/** While this lasts each call meets it. */
const provider = (atMs: number, kind: string, forMs: number): Entry => ({
  atMs,
  kind,
  args: { share: 1, forMs },
});

/**
 * A small story in which every way through the shop is gone: orders that complete, a declined card, too
 * little stock, cancellations before and after the money moved, a repeat, and each way in which a provider
 * can fail.
 */
export const everyAwaitPlan: Plan = {
  seed: 1,
  load: [
    order(100, 'good', 'tea-001:1'),
    order(110, 'lines', 'tea-001:2 tea-002:1 rare-001:1', { againMs: 5 }),
    order(120, 'declined', 'tea-001:1', { card: 'pm_card_chargeDeclined' }),
    order(130, 'scarce', 'tea-003:1 rare-001:9'),
    order(140, 'early', 'tea-002:1', { cancelMs: 0 }),
    order(150, 'late', 'tea-002:2', { cancelMs: 60 }),
    order(5_000, 'throttled', 'tea-001:1'),
    order(10_000, 'failed', 'tea-001:1', { cancelMs: 100 }),
    order(20_000, 'stored', 'tea-001:1'),
    order(30_000, 'silent', 'tea-001:1', { cancelMs: 1_000 }),
    order(45_000, 'down', 'tea-001:1'),
  ],
  faults: [
    provider(4_900, 'provider throttles', 1_000),
    provider(9_900, 'provider fails after its effect', 600),
    provider(19_900, 'provider replays a stored error', 500),
    provider(29_900, 'provider is silent', 800),
    provider(44_900, 'provider outage', 2_000),
  ],
};
