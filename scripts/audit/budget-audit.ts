import { type Budget, type CountedCall, countedCalls, fullestWindow, type Span } from './call-windows.ts';
import type { Findings } from './findings.ts';
import type { PlacedEvent, ProviderCall, SaidWord, Unchecked, Words } from './records.ts';
import { iso } from './times.ts';

/** So long after its word, in milliseconds, somebody may still spend what a ramp gave; with the way there. */
const RAMP_TAIL_MS = 3_500;
/** So long before its word: it is heard before its line is written, by clocks that may be apart. */
const RAMP_HEAD_MS = 1_000;
const WINDOW_MS = 10_000;
/** The dependency whose calls the payment sandbox counts. */
const PROVIDER = 'psp';
/** The one that no sandbox can count by operation: each call of it is under a start mark, which counts. */
const MARKED = 'mail';

/**
 * P4: in any ten seconds outside of a ramp, all instances together repeat no more than the budget of what
 * they call. The words in the governor's bucket say when a ramp was; where they do not reach back, or another
 * platform has them, nothing is concluded.
 */
export class BudgetAudit {
  readonly #marks: CountedCall[] = [];

  add({ type, data, at }: PlacedEvent): void {
    if (type !== 'refrain.AttemptStarted') return;
    const { n } = data as { n: number };
    this.#marks.push({ atMs: at, kind: n === 1 ? 'first' : 'retry', succeeded: false });
  }

  /** Returns what could not be looked at, and why. */
  conclude(
    { calls, words }: { calls?: readonly ProviderCall[] | undefined; words?: Words | undefined },
    findings: Findings,
  ): Unchecked[] {
    const made = {
      [PROVIDER]: countedCalls((calls ?? []).filter(({ operationId }) => operationId !== 'unknown')),
      [MARKED]: this.#marks.toSorted((a, b) => a.atMs - b.atMs),
    };
    return Object.entries(made).flatMap(([dependency, counted]) =>
      counted.length === 0 ? [] : checkDependency({ dependency, counted, words }, findings),
    );
  }
}

interface Asked {
  readonly dependency: string;
  /** In the order of time. */
  readonly counted: readonly CountedCall[];
  readonly words: Words | undefined;
}

function checkDependency({ dependency, counted, words }: Asked, findings: Findings): Unchecked[] {
  const history = words?.history[dependency];
  const unchecked = (why: string): Unchecked[] => [
    { invariant: 'calls stay within the budget', where: dependency, why },
  ];
  if (!words || !history || history.words.length === 0)
    return unchecked('not checked: no word of the governor is on record');
  const { importedAt = 0, budget: policy } = words;
  const fromMs = Math.max(history.isWhole ? 0 : (history.words[0]?.at ?? 0), policy.since, importedAt);
  const before: Span = { fromMs: -Infinity, toMs: fromMs };
  const budget: Budget = { windowMs: WINDOW_MS, share: policy.share, more: policy.more };
  const except = [...rampsOf(history.words), ...(fromMs > 0 ? [before] : [])];
  const fullest = fullestWindow(counted, budget, except);
  findings.expect(
    'calls stay within the budget',
    !fullest || fullest.retries <= fullest.allowed,
    dependency,
    () =>
      `${fullest?.retries} repeated calls in the ten seconds before ${iso(fullest?.toMs ?? 0)}, ` +
      `allowed ${Math.floor(fullest?.allowed ?? 0)} with ${fullest?.firsts} first ones`,
  );
  const isHidden = (counted[0]?.atMs ?? Infinity) < fromMs;
  const why = fromMs === importedAt ? 'an import brings no words along' : 'older words are not kept';
  return isHidden ? unchecked(`not checked before ${iso(fromMs)}: ${why}`) : [];
}

/** From a word of a ramp to the one after it, and until nothing of it is left. */
const rampsOf = (words: readonly SaidWord[]): Span[] =>
  words.flatMap(({ at, ramp }, i) =>
    ramp ? [{ fromMs: at - RAMP_HEAD_MS, toMs: (words[i + 1]?.at ?? Infinity) + RAMP_TAIL_MS }] : [],
  );
