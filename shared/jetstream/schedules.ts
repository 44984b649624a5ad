import { RefrainError } from '@refrain/errors';
import type { Alarm, Schedules } from '@refrain/event-log';
import type { Msg, NatsConnection } from 'nats';
import type { JetStreamOptions } from './event-log.ts';
import { headerBytes, headerOf, headerTextOf } from './headers.ts';
import { alarmSubject, DUE_DURABLE, dueSubject, scheduleStreamOf } from './names.ts';
import { Pull } from './pull.ts';
import { lastMessageOf, untilAnswered } from './read.ts';
import { isBusy, type Refusal, refusal } from './refusal.ts';
import { rawHeaders, Unanswered, type Wire, wireOf } from './wire.ts';

const TOKEN = /^[A-Za-z0-9_-]{1,64}$/;

async function ask(
  wire: Wire,
  r: { what: string; subject: string; data: Uint8Array; headers?: Uint8Array; timeoutMs: number },
): Promise<void> {
  const msg = await wire.request(r.subject, r.data, r.timeoutMs, r.headers && rawHeaders(r.headers));
  const { error } = JSON.parse(msg.string()) as { error?: Refusal };
  if (error && isBusy(error)) throw new Unanswered('no responders');
  if (error) throw refusal(r.what, error);
}

/** When the last alarm on this subject is due, as the leader of the stream says; `undefined` for none. */
async function dueAtOf(
  wire: Wire,
  where: { stream: string; subject: string; timeoutMs: number },
): Promise<number | undefined> {
  const last = await lastMessageOf(wire, where);
  if (!last) return undefined;
  const { dueAt } = JSON.parse(last.text) as { dueAt?: string };
  return Date.parse(dueAt ?? '') || 0; // builds before it did not say it
}

interface Fired {
  readonly alarm: Alarm;
  readonly dueAt: number | undefined;
}

/**
 * What a firing is about, or `undefined` when it is none of the service's own: the broker names the
 * schedule that fired, and that must be the operation's own.
 */
function firedOf(service: string, msg: Msg): Fired | undefined {
  const scheduler = headerOf(headerTextOf(msg), 'Nats-Scheduler');
  try {
    const body = JSON.parse(msg.string()) as Record<string, unknown>;
    const { v, operation, entityType, entityId, dueAt } = body;
    if (
      v !== 1 ||
      typeof operation !== 'string' ||
      typeof entityType !== 'string' ||
      typeof entityId !== 'string'
    )
      return undefined;
    if (scheduler !== alarmSubject(service, operation) || msg.subject !== dueSubject(service, operation))
      return undefined;
    const due = typeof dueAt === 'string' ? Date.parse(dueAt) : Number.NaN;
    const alarm = { service, operation, entityType, entityId };
    return { alarm, dueAt: Number.isNaN(due) ? undefined : due }; // builds before it did not say it
  } catch {
    return undefined;
  }
}

/**
 * Alarm clocks on JetStream: a message on the operation's own subject that the broker publishes again, under
 * `due`, when its time has come (0 to 0.3 s late). It has no message id, for a second setting under the same
 * id would be swallowed, and no time to live, for what fires while nobody listens would be lost. Repeats
 * itself like the event log.
 */
export function jetStreamSchedules(
  nc: NatsConnection,
  options: Omit<JetStreamOptions, 'clock'> = {},
): Schedules {
  const { timeoutMs = 1_000, giveUpMs = 30_000, log = () => {} } = options;
  const wire = wireOf(nc);
  return {
    async set(alarm, at) {
      const { service, operation, entityType, entityId } = alarm;
      if (!TOKEN.test(operation))
        throw new RefrainError('RF_ENTITY_ID', { id: operation, entityType: 'an operation' });
      const dueAt = new Date(at).toISOString();
      const data = Buffer.from(JSON.stringify({ v: 1, operation, entityType, entityId, dueAt }));
      const headers = headerBytes({
        'Nats-Schedule': `@at ${dueAt}`,
        'Nats-Schedule-Target': dueSubject(service, operation),
      });
      const what = `the alarm of ${operation}`;
      const subject = alarmSubject(service, operation);
      await untilAnswered(what, giveUpMs, () => ask(wire, { what, subject, data, headers, timeoutMs }));
    },
    async cancel({ service, operation }) {
      const what = `the alarm of ${operation}`;
      const subject = `$JS.API.STREAM.PURGE.${scheduleStreamOf(service)}`;
      const data = Buffer.from(JSON.stringify({ filter: alarmSubject(service, operation) }));
      await untilAnswered(what, giveUpMs, () => ask(wire, { what, subject, data, timeoutMs }));
    },
    async pendingAt({ service, operation }) {
      const where = { stream: scheduleStreamOf(service), timeoutMs };
      const dueAt = (subject: string) =>
        untilAnswered(`the alarm of ${operation}`, giveUpMs, () => dueAtOf(wire, { ...where, subject }));
      // Fired meanwhile it is under the second subject, which is asked last.
      return (await dueAt(alarmSubject(service, operation))) ?? (await dueAt(dueSubject(service, operation)));
    },
    subscribe: async (service, { maxInFlight }, handle) =>
      new Pull(wire, {
        stream: scheduleStreamOf(service),
        durable: DUE_DURABLE,
        maxInFlight,
        log,
        handle: async (msg, { redelivered }, { ack, nak, working }) => {
          const fired = firedOf(service, msg);
          if (fired) return await handle({ ...fired, redelivered, ack, nak, working });
          log(`${msg.subject} fired, but is no alarm of ${service}; it was dropped`);
          ack();
        },
      }),
  };
}
