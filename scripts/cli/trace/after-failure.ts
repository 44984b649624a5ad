import type { PlatformData } from '@refrain/contract-kit';
import type { RecordedEvent } from '@refrain/event-log';
import { type Registry, registryOf } from '@refrain/runtime';
import { shopDefinitions } from '../supervisor/shop-topology.ts';

type Failed = Pick<PlatformData<'refrain.AttemptFailed'>, 'delayMs' | 'happened'>;

/** When the next step is due, in milliseconds since 1970, or that no attempt follows. */
export type AfterFailure = { readonly dueAt: number } | 'nobody repeats it';

/**
 * What follows an attempt that failed at `at`, the log's time: the clock of the process that failed may
 * differ. An unsafe one that may have happened is never repeated (ADR 10).
 */
export const afterFailure = (at: number, { delayMs, happened }: Failed, isUnsafe: boolean): AfterFailure =>
  isUnsafe && happened === 'unknown' ? 'nobody repeats it' : { dueAt: Math.trunc(at + delayMs) };

/** Why no attempt follows, for people. */
export const NOT_REPEATED = 'It is not attempted again: nothing outside would keep it from happening twice.';

type Begun = Pick<RecordedEvent, 'type' | 'operation'> & { readonly service: string };

/** The operations that nothing outside protects from a repeat, by the intents that began them. */
export function unsafeOperations(
  events: readonly Begun[],
  registries: readonly Pick<Registry, 'contract' | 'effects'>[] = shopDefinitions().map(registryOf),
): ReadonlySet<string> {
  const intents = new Set(
    registries.flatMap(({ contract: { service, effects }, effects: own }) =>
      Object.entries(effects)
        .filter(([name]) => own.get(name)?.rule.repeat.kind === 'unsafe')
        .map(([, { after }]) => `${service} ${after}`),
    ),
  );
  return new Set(
    events.flatMap(({ service, type, operation }) =>
      operation !== undefined && intents.has(`${service} ${type}`) ? [operation] : [],
    ),
  );
}
