import { intakeOf } from '@refrain/contract-kit';
import type { ErrorCode } from '@refrain/errors';
import { streamOf } from '@refrain/event-log';
import { isHeld, type LetterOnRecord, type Operation } from '@refrain/runtime';
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

/** Why a dead letter of a cause waits, and what a person can say of it. */
export function letterWords(letter: LetterOnRecord): Pick<Waiting, 'reason' | 'answer'> {
  const { id, reaction, error, event, redriven } = letter;
  if (redriven)
    return {
      reason: `"${reaction}": ${redriven.by} drove it again, and it is decided as soon as that is possible`,
    };
  const isRefused = isToldWrong(letter);
  const why = isRefused ? 'what an outsider told cannot be taken' : 'a defect of ours, a person has to look';
  // What is not in it cannot be decided again, and what the contract refuses is refused again.
  const word = isRefused || !event ? 'resolve' : 'redrive';
  return {
    reason: `"${reaction}": ${why} (${error})`,
    answer: `npx refrain dead-letters ${word} ${id} --why "…"`,
  };
}

const UNREADABLE: ErrorCode = 'RF_TOLD_INVALID';
const INVALID: ErrorCode = 'RF_EVENT_INVALID';

/** Whether an outsider is at fault: it told what is no event of its contract, or what that refuses. */
function isToldWrong({ source, event, error }: LetterOnRecord): boolean {
  if (!source?.stream.startsWith(streamOf(intakeOf('')))) return false;
  // An event of ours that its own schema refuses bears the same code.
  const isRefused = event && error.startsWith(`${INVALID}: ${String(event['type'])} version `);
  return isRefused || error.startsWith(`${UNREADABLE}:`);
}
