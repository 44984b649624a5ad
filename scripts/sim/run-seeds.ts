import type { Outcome } from '@refrain/simulation';
import { askAll } from './pool.ts';
import { type Drawing, kindsOf } from './seed-run.ts';

/** Which seeds are simulated, and for how long. */
export interface SeedsAsked extends Drawing {
  readonly from: number;
  /** How many seeds; `undefined`: as many as there is time for. */
  readonly seeds: number | undefined;
  /** No further seed is begun after so long, in milliseconds. */
  readonly forMs: number | undefined;
  readonly onProgress?: (done: number, failing: number) => void;
}

/** What a row of seeds came to. */
export interface SeedsReport {
  readonly from: number;
  readonly seeds: number;
  readonly orders: number;
  /** Seeds that broke a promise, lowest first. */
  readonly failing: readonly Outcome[];
  /** How often each fault came true, and under how many seeds. */
  readonly faults: Readonly<Record<string, { readonly times: number; readonly seeds: number }>>;
  /** How often each invariant was looked at. */
  readonly invariants: Readonly<Record<string, number>>;
  /** Commits stored. */
  readonly events: number;
  readonly simulatedMs: number;
  readonly wallMs: number;
  /** Virtual time for each second that passed. */
  readonly simulatedPerSecond: number;
}

/** Simulates a row of seeds on all cores. */
export async function runSeeds(asked: SeedsAsked): Promise<SeedsReport> {
  const { from, seeds, forMs, orders, faults, onProgress } = asked;
  const drawing = { orders, faults };
  const met = new Map(kindsOf(drawing).map(({ kind }) => [kind, { times: 0, seeds: 0 }]));
  const invariants = new Map<string, number>();
  const failing: Outcome[] = [];
  const startedAt = performance.now();
  let [given, done, events, simulatedMs] = [0, 0, 0, 0];
  const isOver = (): boolean =>
    (seeds !== undefined && given >= seeds) ||
    (forMs !== undefined && performance.now() - startedAt >= forMs);
  await askAll(
    () => (isOver() ? undefined : { kind: 'seed', seed: from + given++, drawing }),
    (_, outcome) => {
      done++;
      events += outcome.events;
      simulatedMs += outcome.virtualMs;
      if (outcome.findings.length > 0) failing.push(outcome);
      for (const [kind, times] of Object.entries(outcome.took)) {
        const before = met.get(kind) ?? { times: 0, seeds: 0 };
        met.set(kind, { times: before.times + times, seeds: before.seeds + 1 });
      }
      for (const [name, times] of Object.entries(outcome.invariants))
        invariants.set(name, (invariants.get(name) ?? 0) + times);
      onProgress?.(done, failing.length);
    },
  );
  const wallMs = performance.now() - startedAt;
  return {
    from,
    seeds: done,
    orders,
    failing: failing.sort((a, b) => a.seed - b.seed),
    faults: Object.fromEntries(met),
    invariants: Object.fromEntries(invariants),
    events,
    simulatedMs: Math.round(simulatedMs),
    wallMs: Math.round(wallMs),
    simulatedPerSecond: Math.round(simulatedMs / wallMs),
  };
}
