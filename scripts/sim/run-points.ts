import type { PointOutcome } from '@refrain/simulation';
import { askAll } from './pool.ts';
import { shopPoints } from './seed-run.ts';

/** What came of killing a process at each point. */
export interface PointsReport {
  /** How many points there are, and at how many of them a process was killed. */
  readonly points: number;
  readonly killed: number;
  /** Every point, in the order of their names; of each service, call, and what the call is about. */
  readonly labels: readonly string[];
  readonly failing: readonly PointOutcome[];
  /** Points that no process came to: a run that shows nothing. */
  readonly missed: readonly string[];
  readonly simulatedMs: number;
  readonly wallMs: number;
}

/** Which points are tried, and who is told how far it is. */
export interface PointsAsked {
  /** Only each n-th point. Default 1: all. */
  readonly each?: number;
  readonly onProgress?: (done: number, of: number, failing: number) => void;
}

/** Kills a process of the shop at every point there is, one run for each. */
export async function runPoints({ each = 1, onProgress }: PointsAsked = {}): Promise<PointsReport> {
  const startedAt = performance.now();
  const labels = await shopPoints();
  const chosen = labels.filter((_, i) => i % each === 0);
  const failing: PointOutcome[] = [];
  const missed: string[] = [];
  let [given, done, simulatedMs] = [0, 0, 0];
  await askAll(
    () => {
      const label = chosen[given++];
      return label === undefined ? undefined : { kind: 'point', label };
    },
    (_, answered) => {
      const outcome = answered as PointOutcome;
      done++;
      simulatedMs += outcome.virtualMs;
      if (!outcome.reached) missed.push(outcome.label);
      if (outcome.findings.length > 0) failing.push(outcome);
      onProgress?.(done, chosen.length, failing.length);
    },
  );
  return {
    points: labels.length,
    killed: done - missed.length,
    labels: chosen,
    failing,
    missed,
    simulatedMs: Math.round(simulatedMs),
    wallMs: Math.round(performance.now() - startedAt),
  };
}
