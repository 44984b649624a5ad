import { type Commit, type Entity, type EventLog, parseType, type RecordedEvent } from '@refrain/event-log';
import { type Registry, registryOf } from '@refrain/runtime';
import { commitsOf } from '../shop-log/reading.ts';
import { shopDefinitions } from '../supervisor/shop-topology.ts';

/** An event of an entity, with its place in the log. */
export interface PlacedEvent {
  readonly event: RecordedEvent;
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface FoundOperation {
  readonly registry: Registry;
  readonly entity: Entity;
  /** Every event of the entity, in log order: also those that are about something else. */
  readonly events: readonly PlacedEvent[];
}

type Log = Pick<EventLog, 'read' | 'lastSequence' | 'load'>;

/**
 * Looks through the logs for the intent that began the operation. Its id is a hash and says nothing of the
 * entity; bodies are decoded only of commits that hold an intent.
 */
export async function findOperation(
  log: Log,
  id: string,
  onProgress: (text: string) => void = () => {},
): Promise<FoundOperation | undefined> {
  for (const registry of shopDefinitions().map(registryOf)) {
    const entity = await findIn(log, registry, id, onProgress);
    if (!entity) continue;
    const commits = await log.load(entity, 0);
    const events = commits.flatMap((commit) =>
      commit.body().events.map((event) => ({ event, seq: commit.seq, at: commit.at })),
    );
    return { registry, entity, events };
  }
  return undefined;
}

async function findIn(
  log: Log,
  { contract: { service, effects } }: Registry,
  id: string,
  onProgress: (text: string) => void,
): Promise<Entity | undefined> {
  const intents = new Set(Object.values(effects).map(({ after }) => after));
  if (intents.size === 0) return undefined;
  const to = await log.lastSequence(service);
  for await (const commit of commitsOf(log, service, { from: 1, to })) {
    if (commit.seq % 1_000 === 0) onProgress(`reading ${service}: ${commit.seq} of ${to}`);
    if (begins(commit, intents, id)) return commit.entity;
  }
  return undefined;
}

const begins = (commit: Commit, intents: ReadonlySet<string>, id: string): boolean =>
  commit.types.some((text) => intents.has(parseType(text).type)) &&
  commit.body().events.some(({ operation }) => operation === id);
