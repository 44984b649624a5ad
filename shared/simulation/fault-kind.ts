import type { Dice } from './dice.ts';
import type { Args } from './plan.ts';
import type { Run } from './run.ts';
import type { Scenario } from './scenario.ts';

/** Something that can go wrong: how it is drawn, and what it does to a run. */
export interface FaultKind {
  /** Its name, in plans, stories and the table of what was tried. */
  readonly kind: string;
  /**
   * It can hand one delivery to two processes: each of them may call the world for it, under one key, and one
   * of the calls is on record.
   */
  readonly repeats?: true;
  /** Without it, it is never drawn: it stands in plans that are made by hand. */
  readonly draw?: (dice: Dice, scenario: Scenario) => Args;
  /**
   * Makes it happen. It says `run.took(kind)` whenever it came true: not when it found nothing to break. What
   * it returns ends it, `forMs` later.
   */
  begin(run: Run, args: Args): (() => void) | undefined;
  /** How often it came true by itself, asked at the end of a run: what only the broker can count. */
  readonly counted?: (run: Run) => number;
}
