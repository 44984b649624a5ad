import { Dice } from './dice.ts';
import type { FaultKind } from './fault-kind.ts';
import type { Scenario } from './scenario.ts';

export type Args = Readonly<Record<string, string | number>>;

/** One thing that is done to the world, at a time of the run. */
export interface Entry {
  readonly atMs: number;
  readonly kind: string;
  readonly args: Args;
}

/**
 * Everything that a run is given, as data: the same plan gives the same run. A run is made smaller by taking
 * entries away.
 */
export interface Plan {
  /** Of all chance that is left: ways of messages, and which of them a share hits. */
  readonly seed: number;
  readonly faults: readonly Entry[];
  readonly load: readonly Entry[];
  /** What people do meanwhile. Default: nothing. */
  readonly people?: readonly Entry[];
}

export interface PlanSize {
  /** How much load: of the shop, orders. */
  readonly load: number;
  /** Fewest and most faults. */
  readonly faults: { readonly min: number; readonly max: number };
  /** Faults begin within this span from the start, in milliseconds. */
  readonly withinMs: number;
}

export const usualSize: PlanSize = { load: 20, faults: { min: 10, max: 16 }, withinMs: 12_000 };

const byTime = (a: Entry, b: Entry): number => a.atMs - b.atMs;

/** Draws a plan. `kinds`: the faults that may happen; each is as likely as the others. */
export function drawPlan(
  scenario: Scenario,
  kinds: readonly FaultKind[],
  seed: number,
  size: PlanSize = usualSize,
): Plan {
  const dice = new Dice(seed, 1);
  const drawn = kinds.flatMap(({ kind, draw }) => (draw ? [{ kind, draw }] : []));
  const count = drawn.length === 0 ? 0 : dice.integer(size.faults.min, size.faults.max);
  const faults = Array.from({ length: count }, () => {
    const { kind, draw } = dice.pick(drawn);
    // At the very start nothing runs yet.
    return { atMs: dice.integer(1, size.withinMs), kind, args: draw(dice, scenario) };
  });
  const load = scenario.drawLoad(new Dice(seed, 2), size.load);
  const people = scenario.drawPeople?.(new Dice(seed, 3)) ?? [];
  return {
    seed,
    faults: faults.sort(byTime),
    load: [...load].sort(byTime),
    ...(people.length > 0 && { people: [...people].sort(byTime) }),
  };
}
