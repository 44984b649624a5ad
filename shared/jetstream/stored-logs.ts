import { jetstreamManager } from '@nats-io/jetstream';
import { streamOf } from '@refrain/event-log';
import type { NatsConnection } from 'nats';

/** A log as the broker holds it, whoever’s it is. */
export interface StoredLog {
  readonly stream: string;
  readonly service: string;
  /** How many it holds now. */
  readonly commits: number;
}

const TIMEOUT_MS = 5_000;

/**
 * Every log that Refrain made on this broker, by the name of its stream: also that of a service which nobody
 * plans for any more, since no log is ever deleted. A stream that others made bears no id of a platform.
 * @throws what the client throws when the broker does not answer.
 */
export async function storedLogs(nc: NatsConnection): Promise<StoredLog[]> {
  const manager = await jetstreamManager(nc, { checkAPI: false, timeout: TIMEOUT_MS });
  const logs: StoredLog[] = [];
  for await (const { config, state } of manager.streams.list()) {
    const service = serviceOf(config.subjects);
    if (service === undefined || config.metadata?.['platformId'] === undefined) continue;
    if (config.name === streamOf(service))
      logs.push({ stream: config.name, service, commits: state.messages });
  }
  return logs.sort((a, b) => a.stream.localeCompare(b.stream));
}

/**
 * By what it stores: in the stream’s name a service may be `gift-cards` or `gift_cards`. A mirror has no
 * subjects at all, whatever the client’s type says.
 */
const serviceOf = (subjects: readonly string[] | undefined): string | undefined =>
  /^events\.([^.*>]+)\.>$/.exec(subjects?.[0] ?? '')?.[1];
