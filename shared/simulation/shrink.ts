import type { Entry, Plan } from './plan.ts';
import type { Scenario } from './scenario.ts';
import { type Outcome, simulate } from './simulate.ts';

/** The shortest plan found that breaks the same promise. */
export interface Shrunk {
  readonly plan: Plan;
  readonly outcome: Outcome;
  /** How many runs it took. */
  readonly runs: number;
}

export interface ShrinkOptions {
  /** Most runs. Default 300. */
  readonly runsMax?: number;
  readonly onRun?: (runs: number, entries: number) => void;
}

/**
 * What is taken away changes the chance that everything else meets: a smaller plan gets this many chances to
 * break the promise.
 */
const CHANCES = 4;

/** What a plan has lists of. */
type Part = 'faults' | 'load' | 'people';
const PARTS: readonly Part[] = ['faults', 'load', 'people'];

const listOf = (plan: Plan, part: Part): readonly Entry[] => plan[part] ?? [];

/** Tries smaller plans, and remembers the smallest that still breaks the promise. */
class Shrinking {
  best: Plan;
  outcome: Outcome;
  runs = 0;
  readonly #scenario: Scenario;
  readonly #invariants: ReadonlySet<string>;
  readonly #options: ShrinkOptions;

  constructor(scenario: Scenario, plan: Plan, outcome: Outcome, options: ShrinkOptions) {
    this.#scenario = scenario;
    this.best = plan;
    this.outcome = outcome;
    this.#invariants = new Set(outcome.findings.map(({ invariant }) => invariant));
    this.#options = options;
  }

  /** Whether a plan still breaks what was broken; then it is the best one. Without runs left: no. */
  async try(plan: Plan): Promise<boolean> {
    if (this.runs >= (this.#options.runsMax ?? 300)) return false;
    this.runs++;
    this.#options.onRun?.(this.runs, entriesOf(this.best));
    const outcome = await simulate(this.#scenario, plan);
    if (!outcome.findings.some(({ invariant }) => this.#invariants.has(invariant))) return false;
    [this.best, this.outcome] = [plan, outcome];
    return true;
  }

  /** The same, under the plan's seed or one of a few others. */
  async tryAgain(plan: Plan): Promise<boolean> {
    for (let i = 0; i < CHANCES; i++) if (await this.try({ ...plan, seed: plan.seed + i })) return true;
    return false;
  }

  /** One entry may be enough: then all others go at once. */
  async single(list: Part): Promise<void> {
    if (listOf(this.best, list).length < 2) return;
    for (const entry of listOf(this.best, list))
      if (await this.tryAgain({ ...this.best, [list]: [entry] })) return;
  }

  /** Takes away ever smaller pieces of a list, as long as the rest breaks the promise. */
  async reduce(list: Part): Promise<void> {
    for (let size = Math.ceil(listOf(this.best, list).length / 2); size >= 1; size = Math.floor(size / 2)) {
      let from = 0;
      while (from < listOf(this.best, list).length) {
        const rest = listOf(this.best, list).toSpliced(from, size);
        if (!(await this.tryAgain({ ...this.best, [list]: rest }))) from += size;
      }
    }
  }

  /** Makes each time of a list shorter by half, as often as that still breaks the promise. */
  async shorten(list: Part): Promise<void> {
    for (let i = 0; i < listOf(this.best, list).length; i++)
      for (const name of Object.keys((listOf(this.best, list)[i] as Entry).args))
        await this.#halve(list, i, name);
  }

  async #halve(list: Part, i: number, name: string): Promise<void> {
    if (!name.endsWith('Ms')) return;
    for (;;) {
      const entry = listOf(this.best, list)[i] as Entry;
      const half = Math.floor(Number(entry.args[name]) / 2);
      if (half < 100) return;
      const shorter = listOf(this.best, list).with(i, { ...entry, args: { ...entry.args, [name]: half } });
      if (!(await this.try({ ...this.best, [list]: shorter }))) return;
    }
  }
}

/**
 * Looks for the shortest story: takes faults and load away, then shortens what lasts, as long as the same
 * promise stays broken. Ends after `runsMax` runs with the best so far.
 */
export async function shrink(
  scenario: Scenario,
  plan: Plan,
  outcome: Outcome,
  options: ShrinkOptions = {},
): Promise<Shrunk> {
  const shrinking = new Shrinking(scenario, plan, outcome, options);
  for (let before = -1; before !== entriesOf(shrinking.best); ) {
    before = entriesOf(shrinking.best);
    for (const part of PARTS) await shrinking.single(part);
    for (const part of PARTS) await shrinking.reduce(part);
  }
  for (const part of PARTS) await shrinking.shorten(part);
  return { plan: shrinking.best, outcome: shrinking.outcome, runs: shrinking.runs };
}

const entriesOf = (plan: Plan): number => PARTS.reduce((sum, part) => sum + listOf(plan, part).length, 0);
