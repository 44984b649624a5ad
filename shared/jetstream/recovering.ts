import { type DurableRef, type DurableState, type Recovering, streamOf } from '@refrain/event-log';
import type { NatsConnection } from 'nats';
import { jetStreamBucket } from './bucket.ts';
import { RECOVERY_STREAM, recoveryKeySubject } from './names.ts';
import { api, untilAnswered } from './read.ts';
import { type Wire, wireOf } from './wire.ts';

/**
 * What a recovery leans on, over one connection: a bucket of its own, and where durables stand. A service may
 * read the bucket, write its own keys and look at its own durables; the admin rewinds.
 * @throws RF_UNREACHABLE after 10 s, RF_BROKER_REFUSED.
 */
export function jetStreamRecovering(nc: NatsConnection): Recovering {
  const wire = wireOf(nc);
  const times = { timeoutMs: 1_000, giveUpMs: 10_000 };
  const place = { stream: RECOVERY_STREAM, subjectOf: recoveryKeySubject, owner: 'the recovery', ...times };
  const { timeoutMs, giveUpMs } = times;
  const asking = async <T>({ service, durable }: DurableRef, attempt: () => Promise<T>): Promise<T> =>
    await untilAnswered(`the durable ${durable} on ${streamOf(service)}`, giveUpMs, attempt);
  return {
    bucket: jetStreamBucket(nc, place),
    durables: {
      stateOf: (ref) => asking(ref, () => stateOf(wire, ref, timeoutMs)),
      rewind: (ref, floor) => asking(ref, () => rewind(wire, ref, { floor, timeoutMs })),
    },
  };
}

async function stateOf(
  wire: Wire,
  { service, durable }: DurableRef,
  timeoutMs: number,
): Promise<DurableState> {
  const info = await api(wire, `CONSUMER.INFO.${streamOf(service)}.${durable}`, undefined, timeoutMs);
  return {
    floor: info.ack_floor?.stream_seq ?? 0,
    pending: info.num_pending ?? 0,
    out: info.num_ack_pending ?? 0,
    asked: (info.num_waiting ?? 0) > 0,
  };
}

/** The broker forgets what is out, and delivers next what lies behind the floor. Twice is as once. */
async function rewind(
  wire: Wire,
  { service, durable }: DurableRef,
  { floor, timeoutMs }: { floor: number; timeoutMs: number },
): Promise<void> {
  const subject = `CONSUMER.RESET.${streamOf(service)}.${durable}`;
  await api(wire, subject, { seq: floor + 1 }, timeoutMs);
}
