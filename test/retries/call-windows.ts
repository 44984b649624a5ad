/** A request that reached the payment sandbox, as `GET /calls` shows it. */
export interface SandboxCall {
  readonly at: string;
  readonly step: string;
  readonly operationId: string | null;
  readonly fate: string;
}

/** A call of an operation: its first of this step, or a repeat. */
export interface CountedCall {
  readonly atMs: number;
  readonly kind: 'first' | 'retry';
  readonly succeeded: boolean;
}

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** The steps at which a call counts: the first one that an attempt of the operation makes. */
const opening = new Set(['create', 'confirm', 'refund']);

/** What the sandbox answered with the work done, now or before. */
const done = new Set(['ok', 'declined', 'replayed']);

/**
 * The calls that changed, or would have changed, the world, in the order of time. A retry is a second call of
 * the same step of one operation: what the budget is about, counted by who was called.
 */
export function countedCalls(calls: readonly SandboxCall[], steps = opening): CountedCall[] {
  const seen = new Set<string>();
  return calls
    .filter(({ step, operationId }) => steps.has(step) && operationId !== null)
    .map((call) => ({ ...call, atMs: Date.parse(call.at) }))
    .toSorted((a, b) => a.atMs - b.atMs)
    .map(({ atMs, step, operationId, fate }) => {
      const key = `${operationId} ${step}`;
      const kind = seen.has(key) ? 'retry' : 'first';
      seen.add(key);
      return { atMs, kind, succeeded: done.has(fate) };
    });
}

export interface Budget {
  readonly windowMs: number;
  readonly share: number;
  readonly more: number;
}

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

export interface RampBreach {
  readonly fromMs: number;
  readonly calls: number;
  readonly before: number;
}

/**
 * Seconds of a ramp in which more was called than twice what succeeded in the second before (and more than
 * one): each second that begins with a call, so at any alignment.
 */
export const rampBreaches = (calls: readonly CountedCall[], ramps: readonly Span[]): RampBreach[] =>
  breachesIn(
    calls,
    calls.map(({ atMs }) => atMs).filter((fromMs) => ramps.some((ramp) => holds(ramp, fromMs))),
  );

/** The same for the seconds that are counted from the beginning of each ramp. */
export const rampSecondBreaches = (calls: readonly CountedCall[], ramps: readonly Span[]): RampBreach[] =>
  breachesIn(
    calls,
    ramps.flatMap((ramp) => {
      const seconds = Math.max(0, Math.ceil((ramp.toMs - ramp.fromMs) / 1_000));
      return Array.from({ length: seconds }, (_, i) => ramp.fromMs + i * 1_000).filter((fromMs) =>
        holds(ramp, fromMs),
      );
    }),
  );

const holds = (ramp: Span, fromMs: number): boolean => fromMs >= ramp.fromMs && fromMs + 1_000 <= ramp.toMs;

function breachesIn(calls: readonly CountedCall[], seconds: readonly number[]): RampBreach[] {
  const between = (fromMs: number, toMs: number): readonly CountedCall[] =>
    calls.slice(firstFrom(calls, fromMs), firstFrom(calls, toMs));
  return seconds.flatMap((fromMs) => {
    const inSecond = between(fromMs, fromMs + 1_000).length;
    const before = between(fromMs - 1_000, fromMs).filter(({ succeeded }) => succeeded).length;
    return inSecond > Math.max(1, 2 * before) ? [{ fromMs, calls: inSecond, before }] : [];
  });
}

/** Where in the calls, which are in the order of time, those begin that came at `ms` or later. */
function firstFrom(calls: readonly CountedCall[], ms: number): number {
  let [low, high] = [0, calls.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((calls[middle]?.atMs ?? ms) < ms) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The value below which `share` of the values lie; 0 for none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
