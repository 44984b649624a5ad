import { type PlatformData, type PlatformEventType, platformEvents } from '@refrain/contract-kit';
import type { RecordedEvent } from '@refrain/event-log';
import { parseOutcome } from '@refrain/runtime';
import { type FailedAttempt, nextStepDueAt, UNPROTECTED } from '../shop-log/next-step.ts';

const seconds = (ms: number): string => `${Number((ms / 1_000).toFixed(1))} s`;

const delays: Readonly<Record<FailedAttempt['delayBy'], string>> = {
  rule: 'by the rule',
  'retry-after': 'since the provider asked for it (Retry-After)',
  outage: 'since an outage is waited out at the longest delay',
  question: 'since it was a question, and those are asked ever more rarely',
};

function wordOf(word: string, epoch: number): string {
  if (epoch > 0) return `the governor said ${word} in term ${epoch}`;
  return word === 'open' ? 'nobody governed' : `the governor was ${word}`;
}

function failed(f: FailedAttempt, { isUnsafe, at }: About): string[] {
  const { attempts, firstDelayMs, maxDelayMs } = f.rule;
  const rule = `${attempts} attempts, ${seconds(firstDelayMs)} to ${seconds(maxDelayMs)}`;
  const happened = f.happened === 'no' ? 'it surely did not happen' : 'it may have happened';
  const replayed = f.replayed ? ', a stored failure that the provider replays' : '';
  const where = `Attempt ${f.n} (round ${f.round}, step ${f.step})`;
  const what = `${where} failed: ${f.failure}, ${f.class}${replayed}; ${happened}. It said: ${f.reason}`;
  const dueAt = nextStepDueAt(at, f, isUnsafe);
  if (dueAt === undefined) return [what, `It is not attempted again by itself: ${UNPROTECTED}.`];
  const due = new Date(dueAt).toISOString();
  return [
    what,
    `The next step was due after ${seconds(f.delayMs)}, at ${due}, ${delays[f.delayBy]} (${rule}); ${wordOf(f.word, f.epoch)}.`,
  ];
}

const said = ({ by, host, why }: { by: string; host: string; why: string }): string =>
  `${by} (on ${host})`.concat(', because: ', why);

type Sentences = {
  readonly [T in PlatformEventType]?: (data: PlatformData<T>, about: About) => string[];
};

const ofPlatform: Sentences = {
  'refrain.AttemptFailed': failed,
  'refrain.AttemptStarted': ({ n, runner }) => [
    `Attempt ${n} was marked as started, so that only its runner (${runner}) may call.`,
  ],
  'refrain.Held': ({ n, hold, word, epoch, reason, until }) => [
    `Attempt ${n} was due and held (${hold}), nothing was called: ${wordOf(word, epoch)}, since ${reason}. It expected to wait until ${until}.`,
  ],
  'refrain.Defect': ({ error }) => [`A defect of ours stopped it: ${error}`],
  'refrain.Redrive': (data) => [`A person drove it again: ${said(data)}`],
  'refrain.RetryRequested': (data) => [`A person wanted the next attempt at once: ${said(data)}`],
  'refrain.CancelRequested': (data) => [`A person wanted no further attempt: ${said(data)}`],
  'refrain.Verdict': (data) => [
    `A person said that it ${data.happened ? 'happened' : 'did not happen'}: ${said(data)}`,
  ],
};

export interface About {
  readonly operation: string;
  /** When the event was stored, milliseconds since 1970. */
  readonly at: number;
  /** Nothing outside protects it from a repeat (ADR 10). */
  readonly isUnsafe: boolean;
  /** The outcome is a person's word. */
  readonly byPerson: boolean;
}

/** An event about an operation, in plain sentences; none where the event is about something else. */
export function sentencesOf(event: RecordedEvent, about: About): string[] {
  const { operation, byPerson } = about;
  const { type, data, cause } = event;
  if (type in platformEvents) {
    if ((data as { operation?: string }).operation !== operation) return [];
    return ofPlatform[type as PlatformEventType]?.(data as never, about) ?? [];
  }
  if (event.operation === operation) return [`It began: ${type}, because of ${causeText(cause)}.`];
  const outcome = parseOutcome(cause);
  return outcome?.operation === operation ? [outcomeText(type, outcome, byPerson)] : [];
}

function causeText(cause: string): string {
  const outcome = parseOutcome(cause);
  if (outcome) return `the outcome (${outcome.verdict}) of operation ${outcome.operation}`;
  if (cause.startsWith('request:')) return 'a request';
  return cause.startsWith('deadline:') ? `the deadline ${cause.split(':').at(-1)}` : cause.replace(':', ' ');
}

function outcomeText(
  type: string,
  { n, verdict }: { n: number; verdict: string },
  byPerson: boolean,
): string {
  const who = byPerson ? 'a person' : 'the provider';
  if (verdict === 'ok') return `Attempt ${n} succeeded: ${type}.`;
  if (verdict === 'happened') return `It happened, says ${who}: ${type}.`;
  if (verdict === 'not-happened') return `It never happened, says ${who}: ${type}.`;
  if (verdict === 'gave-up') return `After attempt ${n} it was given up: ${type}.`;
  return `Attempt ${n} was refused (${verdict}): ${type}.`;
}
