import type { DomainEvent } from '@refrain/contract-kit';
import type { Reaction } from '@refrain/runtime';
import type { ModelEntity } from './entities.ts';
import type { Seen } from './seen.ts';

/** A list of which so many still fit the event's schema has no bound worth the name. */
const MANY = 10_000;

/** Lists are made so many times as long, to see whether more is recorded. */
const TIMES = 4;

/** The data with one of its lists longer; `undefined` where no schema lets it grow for ever. */
function lengthened({ data, version }: DomainEvent, reaction: Reaction): unknown {
  const fields = Object.entries(data as Record<string, unknown>);
  const longer = fields.flatMap(([name, value]) => {
    if (!Array.isArray(value) || value.length === 0) return [];
    const many = Array.from({ length: MANY }, (_, i) => value[i % value.length] as unknown);
    const some = many.slice(0, value.length * TIMES);
    return fits(reaction, version, { ...(data as object), [name]: many }) ? [[name, some] as const] : [];
  });
  return longer.length === 0 ? undefined : { ...(data as object), ...Object.fromEntries(longer) };
}

function fits({ event }: Reaction, version: number, data: unknown): boolean {
  try {
    event.parse(version, data);
    return true;
  } catch {
    return false;
  }
}

/**
 * Decides once more with longer lists: where more events are recorded, what follows from one event grows with
 * its data, and nothing says how far.
 */
export function probeFanOut(
  seen: Seen,
  asked: {
    readonly entity: ModelEntity;
    readonly state: unknown;
    readonly heard: { readonly event: DomainEvent; readonly reaction: Reaction };
    readonly few: number;
  },
): void {
  const { entity, state, heard, few } = asked;
  const { event, reaction } = heard;
  const where = `${entity.service}: ${event.service}.${event.type} "${reaction.name}"`;
  if (few === 0 || seen.fanOut.has(where)) return;
  const data = lengthened(event, reaction);
  if (data === undefined) return;
  try {
    const many = entity.decider.decide(state, reaction.toCommand(data)).length;
    if (many > few) seen.fanOut.set(where, { few, many });
  } catch {
    // What longer lists are refused is no fan-out.
  }
}
