import { cause, hash } from '@refrain/contract-kit';
import { type EventLog, newCommit, type Position } from '@refrain/event-log';
import {
  brokerPlan,
  connectBroker,
  jetStreamEventLog,
  jetStreamRecovering,
  reconcile,
} from '@refrain/jetstream';
import { shopTopology } from '../../scripts/cli/supervisor/shop-topology.ts';
import { startNats } from '../support/nats.ts';
import { type Draft, type Said, stories } from './seed-story.ts';

export type SeededService = keyof typeof stories;

/** A broker with the log of a service that has been at work for long, everything in it heard. */
export interface SeededBroker {
  readonly url: string;
  readonly service: SeededService;
  readonly commits: number;
  readonly events: number;
  close(): Promise<void>;
}

/** Writes drafts as commits, each on the commit of its entity before. */
class Writer {
  readonly #log: EventLog;
  readonly #service: string;
  readonly #last = new Map<string, Position>();
  #ids = 0;
  commits = 0;
  events = 0;
  /** The last commit in the log, as of the stage before. */
  read: Position = { seq: 0, commitId: '' };

  constructor(log: EventLog, service: string) {
    this.#log = log;
    this.#service = service;
  }

  async write({ entityType, entityId, events, reads }: Draft): Promise<Position> {
    const entity = { service: this.#service, entityType, entityId };
    const expected = this.#last.get(entityId)?.seq ?? 0;
    const recorded = events.map((said) => this.#recorded(said, entityId));
    const cursor = reads ? this.read : undefined;
    const commit = newCommit({ entity, expected, events: recorded, cursor });
    const result = await this.#log.append(commit);
    if (result.outcome !== 'appended') throw new Error(`${commit.subject} was not appended`);
    const position = { seq: result.seq, commitId: commit.id };
    this.#last.set(entityId, position);
    this.commits++;
    this.events += events.length;
    return position;
  }

  #recorded(said: Said, correlation: string) {
    const id = hash('seeded event', String(this.#ids++));
    return { id, cause: cause.event(hash(id)), reaction: 'seeded', correlation, ...said };
  }
}

/** At least so many events in the log of this service; nothing in the others. */
export async function seedBroker(
  service: SeededService,
  events: number,
  say: (text: string) => void,
): Promise<SeededBroker> {
  const nats = await startNats();
  const nc = await connectBroker({ url: nats.url, name: 'seed' });
  const topology = shopTopology();
  await reconcile(nc, brokerPlan(topology));
  const writer = new Writer(jetStreamEventLog(nc, { clock: { now: Date.now } }), service);
  let said = 0;
  for (const stage of stories[service]()) {
    if (writer.events >= events) break;
    const byEntity = Map.groupBy(stage, ({ entityId }) => entityId);
    const chains = [...byEntity.values()].map(async (drafts) => {
      let last: Position | undefined;
      for (const draft of drafts) last = await writer.write(draft);
      return last as Position;
    });
    const written = await Promise.all(chains);
    for (const position of written) if (position.seq > writer.read.seq) writer.read = position;
    if (writer.events - said >= 100_000) say(`${service}: ${(said = writer.events)} events written`);
  }
  const { durables } = jetStreamRecovering(nc);
  for (const { stream, durable } of topology.flatMap((one) => one.durables))
    if (stream === service) await durables.rewind({ service, durable }, writer.commits);
  await nc.close();
  return { url: nats.url, service, commits: writer.commits, events: writer.events, close: nats.stop };
}
