import type { Plan } from './plan.ts';
import { CRASH_AT_POINT } from './process-faults.ts';
import { REPLAY } from './run.ts';
import type { Scenario } from './scenario.ts';
import { type Outcome, simulate } from './simulate.ts';
import { labelOf } from './watched-ports.ts';

/**
 * Every point that the processes of services come to under a plan: before and after each call through a port,
 * by what the call is about. The list is what the run came to, nothing is named by hand.
 */
export async function pointsOf(scenario: Scenario, plan: Plan): Promise<readonly string[]> {
  const labels = new Set<string>();
  let isOver = false;
  await simulate(scenario, plan, {
    onTold: (_, __, what) => {
      if (what === REPLAY) isOver = true;
    },
    onPoint: (point) => {
      if (!isOver && scenario.services.includes(point.service)) labels.add(labelOf(point));
    },
  });
  return [...labels].sort();
}

export interface PointOutcome extends Outcome {
  readonly label: string;
  /** Whether a process died at the point: the run is worth nothing otherwise. */
  readonly reached: boolean;
}

/** Runs a plan with one more fault: the process that first comes to the point dies there. */
export async function killAt(scenario: Scenario, plan: Plan, label: string): Promise<PointOutcome> {
  const crash = { atMs: 0, kind: CRASH_AT_POINT, args: { label, nth: 1, backMs: 700 } };
  const outcome = await simulate(scenario, { ...plan, faults: [crash, ...plan.faults] });
  return { ...outcome, label, reached: outcome.took[CRASH_AT_POINT] === 1 };
}
