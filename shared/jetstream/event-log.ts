import { type Clock, type EventLog, streamOf } from '@refrain/event-log';
import type { NatsConnection } from 'nats';
import { append, type Appended } from './append.ts';
import { type Log, Pull } from './pull.ts';
import {
  clockOffsetOf,
  lagOf,
  lastOf,
  lastSequenceOf,
  load,
  madeAtOf,
  read,
  storageOf,
  untilAnswered,
} from './read.ts';
import { commitOfDelivery } from './stored-commit.ts';
import { wireOf } from './wire.ts';

export interface JetStreamOptions {
  /** `AppendResult.at` is this clock's time when the acknowledgement came: the broker's own is not in it. */
  readonly clock: Pick<Clock, 'now'>;
  /** How long one request waits for its answer before it is sent again, in milliseconds. Default 1_000. */
  readonly timeoutMs?: number;
  /**
   * How long a request is repeated, in milliseconds. Default 30_000; then RF_APPEND_UNKNOWN or
   * RF_UNREACHABLE.
   */
  readonly giveUpMs?: number;
  /** Default: nothing is told. */
  readonly log?: Log;
  /** Told of each append how it ended, for metrics. It stands in the hot path. Default: nobody is. */
  readonly onAppended?: (appended: Appended) => void;
}

/**
 * The event log on JetStream, over one connection. It makes nothing on the broker: streams and durables come
 * from `reconcile`. `load` and `read` ask any replica (direct get), `last` and `lastSequence` the leader.
 */
export function jetStreamEventLog(nc: NatsConnection, options: JetStreamOptions): EventLog {
  const { clock, timeoutMs = 1_000, giveUpMs = 30_000, log = () => {}, onAppended = () => {} } = options;
  const wire = wireOf(nc);
  const appending = { timeoutMs, giveUpMs, now: () => clock.now(), onAppended };
  const asking = async <T>(service: string, attempt: () => Promise<T>): Promise<T> =>
    await untilAnswered(`the log of ${service}`, giveUpMs, attempt);
  return {
    append: (commit) => append(wire, commit, appending),
    load: (entity, after, limit) =>
      asking(entity.service, () => load(wire, { entity, after, limit, timeoutMs })),
    last: (entity) => asking(entity.service, () => lastOf(wire, entity, timeoutMs)),
    read: (service, from, limit) => asking(service, () => read(wire, { service, from, limit, timeoutMs })),
    lastSequence: (service) => asking(service, () => lastSequenceOf(wire, service, timeoutMs)),
    lag: (ref) => asking(ref.service, () => lagOf(wire, ref, timeoutMs)),
    clockOffset: (service) =>
      asking(service, () => clockOffsetOf(wire, service, { now: appending.now, timeoutMs })),
    storage: (service) => asking(service, () => storageOf(wire, service, timeoutMs)),
    subscribe: async (ref, { maxInFlight }, handle) => {
      const { service, durable } = ref;
      // Asked with the first delivery, and with the first after a failure. What is not told counts as not so.
      const ask = (): Promise<number> =>
        asking(service, () => madeAtOf(wire, ref, timeoutMs)).catch(() => -Infinity);
      let madeAt: Promise<number> | undefined;
      return new Pull(wire, {
        stream: streamOf(service),
        durable,
        maxInFlight,
        log,
        onFailed: () => {
          madeAt = undefined;
        },
        handle: async (msg, info, { ack, nak, working }) => {
          const commit = commitOfDelivery(service, msg, info);
          const predates = commit.at < (await (madeAt ??= ask()));
          await handle({ commit, redelivered: info.redelivered, predates, ack, nak, working });
        },
      });
    },
  };
}
