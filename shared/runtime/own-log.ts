import { type Commit, type EventLog, type Position, streamOf } from '@refrain/event-log';
import { RefrainError } from '@refrain/errors';

/**
 * - `page`: what follows the position, in log order and without a gap; empty when there is nothing new.
 * - `lagging`: the replica that answered does not have the position's commit yet: nothing can be said.
 * - `foreign`: another commit stands there. The log was cut and went on: what was built on the
 *   position is void.
 */
export type Page =
  | { readonly kind: 'page'; readonly commits: readonly Commit[] }
  | { readonly kind: 'lagging' }
  | { readonly kind: 'foreign'; readonly found: string };

/** Reads on in a service's log from a position, which must still be what it was. Never reads over a gap. */
export async function readOn(
  log: EventLog,
  service: string,
  position: Position | undefined,
  limit: number,
): Promise<Page> {
  if (!position) return { kind: 'page', commits: await log.read(service, 1, limit) };
  const [first, ...commits] = await log.read(service, position.seq, limit + 1);
  if (!first) return { kind: 'lagging' };
  if (first.seq === position.seq && first.id === position.commitId) return { kind: 'page', commits };
  return { kind: 'foreign', found: `${first.id} at ${first.seq}` };
}

/** The cursor of an entity names what the log does not hold (RF_LOG_BEHIND). */
export const behind = (service: string, position: Position, entity: string, found: string): RefrainError =>
  new RefrainError('RF_LOG_BEHIND', { stream: streamOf(service), seq: position.seq, entity, found });
