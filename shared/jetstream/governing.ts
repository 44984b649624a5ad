import { messageOf } from '@refrain/errors';
import { type Governing, type Listening, type Report, type Reports, report } from '@refrain/governor';
import type { Msg, NatsConnection } from 'nats';
import { reportSubject } from './names.ts';
import type { Log } from './pull.ts';
import { WordListener } from './word-listener.ts';
import { wireOf } from './wire.ts';

/** How long one request waits for its answer, in milliseconds. */
const TIMEOUT_MS = 1_000;

export interface GoverningOptions {
  /** Told once of what is dropped, and why. Default: nothing is told. */
  readonly log?: Log;
}

/** A name as one token of a subject. */
const token = (name: string): string => name.replaceAll(/[^A-Za-z0-9_-]/g, '_');

/**
 * What an instance tells the governor and hears of it, over one connection. Both ways are core NATS: nothing
 * is stored, nothing waits, a message may be lost. A report that is lost loses nothing, since counts are
 * since the instance began; a word that is lost is followed by the next one a second later.
 */
export function jetStreamGoverning(nc: NatsConnection, { log = () => {} }: GoverningOptions = {}): Governing {
  const wire = wireOf(nc);
  return {
    report: (told) => {
      const subject = reportSubject(token(told.service), token(told.instance));
      wire.send(subject, Buffer.from(JSON.stringify(told)));
    },
    listen: async (dependencies, heard) =>
      new WordListener(wire, { dependencies, heard, timeoutMs: TIMEOUT_MS, log }),
  };
}

/** Where a governor hears the reports of all instances of all services. */
export function jetStreamReports(nc: NatsConnection, { log = () => {} }: GoverningOptions = {}): Reports {
  return {
    subscribe: async (heard): Promise<Listening> => {
      const told = new Set<string>();
      const callback = (error: Error | null, msg: Msg): void => {
        if (error) return log(`reports cannot be heard: ${error.message}`);
        try {
          heard(reportOf(msg));
        } catch (problem) {
          if (!told.has(msg.subject)) log(`${msg.subject} brought no report: ${messageOf(problem)}`);
          told.add(msg.subject);
        }
      };
      const subscription = nc.subscribe(reportSubject('*', '*'), { callback });
      return { stop: async () => await subscription.drain().catch(() => {}) };
    },
  };
}

/** @throws when it is none, or tells of another service than the one that may publish there. */
function reportOf(msg: Msg): Report {
  const read = report.parse(JSON.parse(msg.string()));
  if (msg.subject !== reportSubject(token(read.service), token(read.instance)))
    throw new Error(`it says that it is of ${read.service}, ${read.instance}`);
  return read;
}
