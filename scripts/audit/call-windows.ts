/** A request that reached the payment sandbox, as `GET /calls` shows it. */
export interface SandboxCall {
  readonly at: string;
  readonly step: string;
  readonly operationId: string | null;
  readonly fate: string;
}

/** An attempt of an operation, by the call that opened it: its first attempt, or a repeat. */
export interface CountedCall {
  readonly atMs: number;
  readonly kind: 'first' | 'retry';
  readonly succeeded: boolean;
}

/** From one moment to another, both included, milliseconds since 1970. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The steps that an attempt of an operation can begin with. */
const opening = new Set(['create', 'confirm', 'refund']);

/** What the sandbox answered with the work done, now or before. */
const done = new Set(['ok', 'declined', 'replayed']);

/**
 * The attempts, by the calls that opened them, in the order of time. A confirmation right after its creation
 * is the same attempt, under the same leave. A retry is what opens an operation again: what the budget is
 * about, counted by who was called. Of two attempts whose calls lie across each other one more is counted
 * than there was.
 */
export function countedCalls(calls: readonly SandboxCall[], steps = opening): CountedCall[] {
  const seen = new Set<string>();
  const created = new Set<string>();
  return calls
    .filter(({ step }) => steps.has(step))
    .map((call) => ({ ...call, atMs: Date.parse(call.at) }))
    .toSorted((a, b) => a.atMs - b.atMs)
    .flatMap(({ atMs, step, operationId, fate }): CountedCall[] => {
      if (operationId === null) return [];
      const goesOn = step === 'confirm' && created.delete(operationId);
      if (goesOn) return [];
      const kind = seen.has(operationId) ? 'retry' : 'first';
      seen.add(operationId);
      const succeeded = done.has(fate);
      if (step === 'create' && succeeded) created.add(operationId);
      return [{ atMs, kind, succeeded }];
    });
}

/** So many retries in any `windowMs`: this share of the first calls in it, and so many more. */
export interface Budget {
  readonly windowMs: number;
  readonly share: number;
  readonly more: number;
}

/** What one window has, and how many retries it may have. */
export interface WindowCount {
  readonly toMs: number;
  readonly firsts: number;
  readonly retries: number;
  readonly allowed: number;
}

/**
 * The fullest window that ends with a retry, measured by how far it is over what was allowed; `undefined`
 * when there was no retry outside the spans that do not count.
 */
export function fullestWindow(
  calls: readonly CountedCall[],
  { windowMs, share, more }: Budget,
  except: readonly Span[] = [],
): WindowCount | undefined {
  let fullest: WindowCount | undefined;
  let from = 0;
  const counts = { first: 0, retry: 0 };
  for (const call of calls) {
    counts[call.kind]++;
    while ((calls[from]?.atMs ?? 0) <= call.atMs - windowMs) counts[(calls[from++] as CountedCall).kind]--;
    const touches = except.some(({ fromMs, toMs }) => call.atMs >= fromMs && call.atMs - windowMs <= toMs);
    if (call.kind === 'first' || touches) continue;
    const allowed = share * counts.first + more;
    const count = { toMs: call.atMs, firsts: counts.first, retries: counts.retry, allowed };
    if (!fullest || count.retries - allowed > fullest.retries - fullest.allowed) fullest = count;
  }
  return fullest;
}
