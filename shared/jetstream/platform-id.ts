import { RefrainError } from '@refrain/errors';
import { streamOf } from '@refrain/event-log';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from 'nats';

/**
 * The platform's id, as the admin step keeps it in the metadata of a service's stream.
 * @throws RF_UNREACHABLE when the stream is not there: the admin step did not run.
 */
export async function platformIdOf(nc: NatsConnection, service: string): Promise<string> {
  const stream = streamOf(service);
  const missing = (problem: string): RefrainError =>
    new RefrainError('RF_UNREACHABLE', { what: `the stream ${stream}`, where: nc.getServer(), problem });
  try {
    const manager = await jetstreamManager(nc, { checkAPI: false });
    const id = (await manager.streams.info(stream)).config.metadata?.['platformId'];
    if (id !== undefined) return id;
  } catch (error) {
    throw missing(String(error));
  }
  throw missing('it carries no platformId');
}
