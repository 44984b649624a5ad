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
  const at = TIME.test(typed) ? Date.parse(withZone(typed)) : Number.NaN;
  if (!Number.isNaN(at)) return { kind: 'time', at };
  throw new UsageError(
    `refrain ${flag}: expected a sequence from 1 on or a time such as 2030-01-31T12:00:00Z, found "${typed}". Nothing was read.`,
  );
}

/** A time without a zone is UTC, whatever the machine's is: the log has no other. */
export const withZone = (time: string): string =>
  time.includes('T') && !/(Z|[+-]\d{2}:\d{2})$/.test(time) ? `${time}Z` : time;

export function isWithin(position: LogPosition, { seq, at }: { seq: number; at: number }): boolean {
  if (position.kind === 'sequence') return seq <= position.seq;
  return position.kind === 'end' || at <= position.at;
}
