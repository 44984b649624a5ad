import { attributeValues } from './metric-declarations.ts';
import type { Metrics } from './metrics.ts';
import type { OwnLogView } from './own-log-view.ts';

/** Tells what is open in a service's log, as of now: operations by effect and status, and dead letters. */
export function tellOpenWork(
  metrics: Metrics,
  effects: readonly string[],
  { operations, letters }: Pick<OwnLogView, 'operations' | 'letters'>,
): void {
  const counts = new Map<string, number>();
  for (const { operation } of operations.all()) {
    const key = `${operation.effect} ${operation.status}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  for (const effect of effects)
    for (const status of attributeValues.status)
      metrics.set('refrain_operations', counts.get(`${effect} ${status}`) ?? 0, { effect, status });
  metrics.set('refrain_dead_letters_open', letters.all().length);
}
