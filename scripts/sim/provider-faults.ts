import type { FaultKind, Run } from '@refrain/simulation';
import type { Fate, ProviderWorld } from './provider-world.ts';

/** The provider of a run of the shop. */
export type ProviderOf = (run: Run) => ProviderWorld;

/** What the payment provider and the mail server can do wrong, as shares of the calls that reach them. */
export function providerFaults(providerOf: ProviderOf): readonly FaultKind[] {
  const share = (kind: string, fate: Fate, min: number, max: number, longestMs = 10_000): FaultKind => ({
    kind,
    draw: (dice) => ({ share: dice.share(min, max), forMs: dice.integer(500, longestMs) }),
    begin: (run, args) => providerOf(run).fates.raise(fate, Number(args['share'])),
    counted: (run) => providerOf(run).met.get(fate) ?? 0,
  });
  return [
    share('provider fails before its effect', 'failBefore', 0.2, 0.8),
    share('provider fails after its effect', 'failAfter', 0.2, 0.8),
    share('provider throttles', 'throttled', 0.2, 1),
    share('provider replays a stored error', 'sticky', 0.1, 0.5),
    share('provider: key in progress', 'inProgress', 0.2, 0.8),
    share('provider is silent', 'silent', 0.1, 0.6),
    share('provider is slow', 'slow', 0.2, 1),
    share('provider answers what nobody knows', 'surprise', 0.1, 0.5),
    share('provider outage', 'gone', 1, 1, 25_000),
  ];
}
