import { parseFound, parseOutcome } from '@refrain/runtime';
import type { Findings } from './findings.ts';
import type { OutsideRecords, PlacedEvent } from './records.ts';
import { CLOCKS_APART_MS, iso } from './times.ts';

interface Count {
  /** Whether its calls are shown. */
  readonly isCalled: boolean;
  /** When its intent was stored, milliseconds since 1970. */
  readonly from: number;
  /** Attempts that reached the provider for sure: it answered. */
  answered: number;
  /** Attempts of which nobody heard anything: they may have got lost on the way. */
  unanswered: number;
  /** When each start mark of an unsafe effect was stored, in log order. */
  started: number[];
  closed: boolean;
}

/** The steps that act; all others only ask. */
const ACTS: ReadonlySet<string> = new Set(['create', 'confirm', 'refund', 'cancel']);

/** The last step of each effect: the one by which its attempts are counted. */
const COUNTED: ReadonlySet<string> = new Set(['confirm', 'refund']);

/** Outcomes that no counted step had. */
const NOT_COUNTED: ReadonlySet<string> = new Set([
  'happened',
  'not-happened',
  'gave-up',
  'payment_method_refused',
]);

/** How a client says that it got no answer, so that the request may not even have arrived. */
const NO_ANSWER =
  /no answer within|no time left|ECONN|EPIPE|ETIMEDOUT|socket|hang up|aborted|connection|closed/i;

/** The attempts on record of every operation, to be compared with the calls that the world has counted. */
export class AttemptCounts {
  readonly #counts = new Map<string, Count>();
  /** The outcome that was counted last: one decision may record several events. */
  #lastOutcome = '';
  #unrecorded = 0;

  /** Calls of which no attempt is on record: what kills have left. Known after the comparison. */
  get unrecorded(): number {
    return this.#unrecorded;
  }

  get size(): number {
    return this.#counts.size;
  }

  has(operation: string): boolean {
    return this.#counts.has(operation);
  }

  /** `isCalled`: whether its calls are among those that the audit is shown. */
  open(operation: string, from: number, isCalled = true): void {
    if (!this.#counts.has(operation))
      this.#counts.set(operation, { from, isCalled, answered: 0, unanswered: 0, started: [], closed: false });
  }

  /** Of each operation, whether its outcome is on record. */
  *ends(): Generator<readonly [operation: string, closed: boolean]> {
    for (const [id, { closed }] of this.#counts) yield [id, closed];
  }

  close(operation: string): void {
    const count = this.#counts.get(operation);
    if (count) count.closed = true;
  }

  add({ type, cause, entity, data, at }: PlacedEvent): void {
    if (type === 'refrain.AttemptStarted')
      this.#counts.get((data as { operation: string }).operation)?.started.push(at);
    if (type === 'refrain.AttemptFailed') return this.#addFailure(data as FailureData);
    if (type === 'refrain.Defect') {
      // An answer that nobody expected: there may have been a call.
      const count = this.#counts.get((data as { operation?: string }).operation ?? '');
      if (count) count.unanswered++;
      return;
    }
    if (type === 'refrain.Held') return; // the governor's word held it: nothing was called
    const found = parseFound(cause);
    if (found !== undefined) return this.#addFound(found);
    const outcome = parseOutcome(cause);
    const key = `${entity} ${cause}`;
    if (!outcome || key === this.#lastOutcome) return;
    this.#lastOutcome = key;
    // What was found by asking, given up, or refused before the last step was no call that is counted; a
    // success and a refusal were one.
    const count = this.#counts.get(outcome.operation);
    if (count && !NOT_COUNTED.has(outcome.verdict)) count.answered++;
  }

  /** The world knew of it and the log did not: it was called, by somebody whom the log has forgotten. */
  #addFound(operation: string): void {
    const known = this.#counts.has(operation);
    this.open(operation, 0); // its intent was lost: how early it was, nobody knows
    const count = this.#counts.get(operation);
    if (count && !known) count.answered++;
  }

  #addFailure({ operation, step, class: kind, reason }: FailureData): void {
    const count = this.#counts.get(operation);
    if (!count || !COUNTED.has(step) || kind === 'outage') return; // an outage: nobody was reached
    if (NO_ANSWER.test(reason)) count.unanswered++;
    else count.answered++;
  }

  /** Each kill can leave one call of an operation on which nobody could report any more. */
  compareCalls({ calls, kills = 0, asOf }: OutsideRecords, findings: Findings): void {
    if (!calls) return;
    this.#unrecorded = 0;
    this.#compareIntents(
      calls.filter(({ step }) => ACTS.has(step)),
      { asOf, findings },
    );
    const counted = calls.filter(({ step }) => COUNTED.has(step));
    const made = countsOf(counted);
    const judged = countsOf(counted, asOf);
    for (const [id, { answered, started, isCalled }] of this.#counts) {
      if (started.length > 0 || !isCalled) continue; // an effect of another dependency
      const count = made.get(id) ?? 0;
      findings.expect(
        'every recorded attempt is in /calls',
        count >= answered,
        `operation ${id}`,
        () => `${count} calls, ${answered} answered attempts on record`,
      );
    }
    for (const [id, count] of judged) {
      const known = this.#counts.get(id);
      const recorded = known ? known.answered + known.unanswered : 0;
      this.#unrecorded += Math.max(0, count - recorded);
      findings.expect(
        'calls <= recorded attempts + kills',
        count <= recorded + underWay(known) + (known ? kills : 0),
        `operation ${id}`,
        () => `${count} calls, ${recorded} attempts on record, ${kills} kills`,
      );
    }
  }

  /** Without a mark of its own no attempt may send, so here a kill excuses nothing. */
  compareMails({ mailCalls, asOf }: OutsideRecords, findings: Findings): void {
    if (!mailCalls) return;
    const handedOver = mailCalls.filter(({ command }) => command === 'data');
    this.#compareIntents(handedOver, { asOf, findings });
    for (const [id, calls] of timesOf(handedOver, asOf)) {
      const marks = this.#counts.get(id)?.started ?? [];
      // Each mark allows one mail, and only after it.
      const isMarked = calls.every((at, i) => (marks[i] ?? Infinity) <= at + CLOCKS_APART_MS);
      findings.expect(
        'a mail is sent only under its start mark',
        isMarked,
        `operation ${id}`,
        () => `mails handed over at ${toldTimes(calls)}, start marks on record at ${toldTimes(marks)}`,
      );
    }
  }

  /** The intent is stored before anything leaves. */
  #compareIntents(
    calls: readonly Called[],
    { asOf, findings }: { readonly asOf: number | undefined; readonly findings: Findings },
  ): void {
    for (const [id, [first = 0]] of timesOf(calls, asOf)) {
      const from = this.#counts.get(id)?.from;
      findings.expect(
        'no call without its intent',
        from !== undefined && from <= first + CLOCKS_APART_MS,
        `operation ${id}`,
        () => `called at ${iso(first)}, its intent ${from === undefined ? 'is missing' : iso(from)}`,
      );
    }
  }
}

const toldTimes = (times: readonly number[]): string => times.map(iso).join(', ') || 'no time';

/** Of an operation that goes on, one attempt may be under way; of one that nobody asked for, none. */
const underWay = (known: Count | undefined): number => (known && !known.closed ? 1 : 0);

interface Called {
  readonly operationId: string | null;
  readonly at: string;
}

/** When each operation was called, in the order of time, of the calls before `asOf`. */
function timesOf(calls: readonly Called[], asOf = Infinity): Map<string, number[]> {
  const times = new Map<string, number[]>();
  for (const { operationId, at } of calls) {
    const ms = Date.parse(at);
    if (operationId === null || ms >= asOf) continue;
    const own = times.get(operationId);
    if (own) own.push(ms);
    else times.set(operationId, [ms]);
  }
  for (const own of times.values()) own.sort((a, b) => a - b);
  return times;
}

const countsOf = (calls: readonly Called[], asOf?: number): Map<string, number> =>
  new Map([...timesOf(calls, asOf)].map(([id, times]) => [id, times.length]));

interface FailureData {
  readonly operation: string;
  readonly step: string;
  readonly class: string;
  readonly reason: string;
}
