import type { EventLog } from '@refrain/event-log';
import { UsageError } from '../errors.ts';

/** A place in a service's log: up to a sequence, or up to a time. Without either: its end. */
export type LogPosition =
  | { readonly kind: 'end' }
  | { readonly kind: 'sequence'; readonly seq: number }
  | { readonly kind: 'time'; readonly at: number };

const TIME = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/** What was typed after `--at`: a sequence, or an ISO 8601 time. @throws UsageError */
export function readPosition(typed: string | undefined, flag = 'state: --at'): LogPosition {
  if (typed === undefined) return { kind: 'end' };
  if (/^\d+$/.test(typed)) {
    const seq = Number(typed);
    if (seq >= 1 && Number.isSafeInteger(seq)) return { kind: 'sequence', seq };
  }
  const at = readTime(typed);
  if (at !== undefined) return { kind: 'time', at };
  throw new UsageError(
    `refrain ${flag}: expected a sequence from 1 on or a time such as 2030-01-31T12:00:00Z, found "${typed}". Nothing was read.`,
  );
}

/** An ISO 8601 time in milliseconds since 1970; `undefined` for what is none. */
export function readTime(typed: string): number | undefined {
  const at = TIME.test(typed) && isDay(typed.slice(0, 10)) ? Date.parse(withZone(typed)) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

/** Whether the calendar has it: 30 February would be taken for 2 March. */
function isDay(day: string): boolean {
  const at = Date.parse(day);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day);
}

/**
 * The end of a service's log, after a look whether a position lies within it.
 * @throws UsageError for one that lies in the future: nobody knows what was there.
 */
export async function endBehind(
  log: Pick<EventLog, 'lastSequence' | 'clockOffset'>,
  service: string,
  asked: Readonly<Record<string, LogPosition>>,
  now: number,
): Promise<number> {
  const last = await log.lastSequence(service);
  for (const [flag, position] of Object.entries(asked)) {
    if (position.kind === 'sequence' && position.seq > last)
      throw new UsageError(
        `refrain ${flag} ${position.seq}: the log of ${service} ends at ${last}. Nothing was shown.`,
      );
    if (position.kind !== 'time') continue;
    const there = now - (await log.clockOffset(service));
    if (position.at > there)
      throw new UsageError(
        `refrain ${flag} ${iso(position.at)} lies in the future: at the broker it is ${iso(there)}. Nothing was shown.`,
      );
  }
  return last;
}

/** Of a sequence and a time nobody can say which is earlier without the log: then nothing lies between. */
export function checkOrder(command: string, from: LogPosition | undefined, to: LogPosition): void {
  const isTurned =
    (from?.kind === 'sequence' && to.kind === 'sequence' && from.seq > to.seq) ||
    (from?.kind === 'time' && to.kind === 'time' && from.at > to.at);
  if (isTurned) throw new UsageError(`refrain ${command}: --from is later than --to. Nothing was read.`);
}

const iso = (at: number): string => new Date(at).toISOString();

/** A time without a zone is UTC, whatever the machine's is: the log has no other. */
export const withZone = (time: string): string =>
  time.includes('T') && !/(Z|[+-]\d{2}:\d{2})$/.test(time) ? `${time}Z` : time;

export function isWithin(position: LogPosition, { seq, at }: { seq: number; at: number }): boolean {
  if (position.kind === 'sequence') return seq <= position.seq;
  return position.kind === 'end' || at <= position.at;
}
