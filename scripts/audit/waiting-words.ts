import { isHeld, type Operation } from '@refrain/runtime';
import type { Waiting } from './records.ts';

const PERSON = 'a mail that may have gone out: a person has to look';
const ANOTHER_WAY = 'write to the customer another way';
const REFUSED = `the mail server refused it for good: ${ANOTHER_WAY}`;
const CANCELLED = `it did not go out, a person said, and wanted no further attempt: ${ANOTHER_WAY}`;

/** Why a mail that nobody will try again has to be seen to, by the verdict that ended it. */
export const endedMailReason = (verdict: string | undefined): string =>
  verdict === 'gave-up' ? CANCELLED : REFUSED;

/** What a person can say of it. */
export function answerTo({ id, status }: Operation): Pick<Waiting, 'answer'> {
  if (status === 'waiting') return { answer: `npx refrain verdict ${id} happened|not-happened --why "…"` };
  return status === 'defect' ? { answer: `npx refrain dead-letters redrive ${id} --why "…"` } : {};
}

/** What it waits for, in words: a due time, the governor, or a person. */
export function reasonOf(operation: Operation): string {
  const { status, effect, last, n, started, held } = operation;
  if (status === 'defect') return `${effect}: a defect of ours, a person has to look`;
  if (status === 'waiting') {
    const why = last ? ` (${last.failure})` : '';
    return effect === 'send'
      ? `${effect}: ${PERSON}${why}`
      : `${effect}: given up, the outcome unknown${why}`;
  }
  if (started) return `${effect}: attempt ${n} has started`;
  if (isHeld(operation)) return `${effect}: the governor holds attempt ${n + 1} (${held?.reason})`;
  return last
    ? `${effect}: attempt ${n} failed (${last.failure}), the next one is due`
    : `${effect}: not attempted yet`;
}
