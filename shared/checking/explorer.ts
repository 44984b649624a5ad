import type { Problem } from './decisions.ts';
import { DigestTable } from './digest-table.ts';
import { NO_CIRCLE, STEPS_MAX } from './endless-walk.ts';
import type { Counterexample, StoryStep } from './finding.ts';
import { Numbers } from './growing.ts';
import { cycleIn } from './state-cycle.ts';
import type { State, System, Transition } from './system.ts';
import type { Invariant, Scenario } from './world.ts';

/** How often, in states, the clock is looked at and the progress told. */
const LOOK_EVERY = 2_048;

/** What limits a run, and who is told how far it is. */
export interface Limits {
  /** Most states that are kept: 20 bytes for each digest, 8 for its way back, and the frontier. */
  readonly states: number;
  /** Whether time is over. Looked at now and then. */
  readonly isOver: () => boolean;
  readonly onProgress?: ((states: number, depth: number) => void) | undefined;
  /** Also looks for a way that leads back to where it was; keeps 8 bytes for each transition. */
  readonly findsCycles: boolean;
}

/** What a run saw. `exhausted`: every state within the bounds. */
export interface Explored {
  readonly states: number;
  readonly transitions: number;
  /** The longest of the shortest ways to a state. */
  readonly depth: number;
  /** States in which nothing more comes by itself. */
  readonly ends: number;
  readonly exhausted: boolean;
  readonly counterexample?: Counterexample | undefined;
}

interface Found {
  readonly problem: Problem;
  readonly state: number;
  /** Which transition of it leads into the fault. */
  readonly via?: number | undefined;
}

/**
 * Every state that can be reached, the nearest first, so that the first way to a fault is a shortest one.
 */
export class Explorer {
  readonly #system: System;
  readonly #scenarios: readonly Scenario[];
  readonly #invariants: { readonly end: Invariant[]; readonly always: Invariant[] };
  readonly #limits: Limits;
  readonly #seen = new DigestTable();
  /** By state: the one it was reached from (`~scenario` for a beginning), and by which of its transitions. */
  readonly #from = new Numbers();
  readonly #via = new Numbers();
  readonly #edges = new Numbers();
  #transitions = 0;
  #ends = 0;
  #depth = 0;

  constructor(parts: {
    system: System;
    scenarios: readonly Scenario[];
    invariants: readonly Invariant[];
    limits: Limits;
  }) {
    this.#system = parts.system;
    this.#scenarios = parts.scenarios;
    this.#limits = parts.limits;
    this.#invariants = {
      end: parts.invariants.filter(({ when = 'end' }) => when === 'end'),
      always: parts.invariants.filter(({ when }) => when === 'always'),
    };
  }

  async run(): Promise<Explored> {
    let level = new Numbers();
    for (const [i, scenario] of this.#scenarios.entries())
      this.#reach(this.#system.begin(scenario), ~i, 0, level);
    let first = 0;
    while (level.length > 0) {
      if (this.#depth >= STEPS_MAX) return await this.#told({ problem: endless(), state: first });
      const next = new Numbers();
      const stopped = await this.#expand(level, first, next);
      if (stopped) return stopped === 'limit' ? this.#explored(false) : await this.#told(stopped);
      first = this.#seen.size - countOf(next);
      level = next;
      if (next.length > 0) this.#depth++;
    }
    const cycle = this.#limits.findsCycles ? cycleIn(this.#edges, this.#seen.size) : undefined;
    if (cycle !== undefined) return await this.#told({ problem: endless(), ...cycle });
    return this.#explored(true);
  }

  #reach(state: State, from: number, via: number, level: Numbers): number {
    const code = this.#system.encode(state);
    const number = this.#seen.add(code);
    if (number < 0) return ~number;
    this.#from.push(from);
    this.#via.push(via);
    level.push(code.length);
    level.pushAll(code);
    return number;
  }

  /** Everything that follows the states of one level. */
  async #expand(level: Numbers, first: number, next: Numbers): Promise<Found | 'limit' | undefined> {
    let number = first;
    for (let at = 0; at < level.length; number++) {
      const length = level.at(at);
      const state = this.#system.decode(level.slice(at + 1, at + 1 + length));
      at += 1 + length;
      if (this.#system.hasUnasked) await this.#system.askCalls();
      if (number % LOOK_EVERY === 0) {
        this.#limits.onProgress?.(this.#seen.size, this.#depth);
        if (this.#limits.isOver()) return 'limit';
      }
      if (this.#seen.size >= this.#limits.states) return 'limit';
      const found = this.#follow(state, number, next);
      if (found) return found;
    }
    return undefined;
  }

  #follow(state: State, number: number, next: Numbers): Found | undefined {
    const always = this.#brokenOf(this.#invariants.always, state);
    if (always) return { problem: always, state: number };
    const transitions = this.#system.transitions(state);
    let goesOn = false;
    for (const [via, { next: after, mayCome, problem }] of transitions.entries()) {
      if (problem) return { problem, state: number, via };
      goesOn ||= !mayCome;
      this.#transitions++;
      const reached = this.#reach(after, number, via, next);
      if (this.#limits.findsCycles) this.#edges.push(number, reached, via);
    }
    if (goesOn) return undefined;
    this.#ends++;
    const atEnd = this.#brokenOf(this.#invariants.end, state);
    return atEnd && { problem: atEnd, state: number };
  }

  #brokenOf(invariants: readonly Invariant[], state: State): Problem | undefined {
    if (invariants.length === 0) return undefined;
    const view = this.#system.view(state);
    for (const { name, expected, broken } of invariants) {
      const found = broken(view);
      if (found !== undefined) return { invariant: name, expected, found };
    }
    return undefined;
  }

  #explored(exhausted: boolean): Explored {
    const { size: states } = this.#seen;
    return { states, transitions: this.#transitions, depth: this.#depth, ends: this.#ends, exhausted };
  }

  /** The way to a fault, told from its beginning: the system is asked once more, and answers the same. */
  async #told({ problem, state, via }: Found): Promise<Explored> {
    const ways = via === undefined ? [] : [via];
    let at = state;
    while (this.#from.at(at) >= 0) {
      ways.unshift(this.#via.at(at));
      at = this.#from.at(at);
    }
    const scenario = this.#scenarios[~this.#from.at(at)] as Scenario;
    let here = this.#system.begin(scenario);
    const steps: StoryStep[] = [];
    for (const way of ways) {
      if (this.#system.hasUnasked) await this.#system.askCalls();
      const { label, records, next } = this.#system.transitions(here)[way] as Transition;
      steps.push({ step: label, records });
      here = next;
    }
    const { invariant, expected, found } = problem;
    const counterexample = { invariant, given: scenario.name, steps, expected, found };
    return { ...this.#explored(false), counterexample };
  }
}

const endless = (): Problem => ({
  ...NO_CIRCLE,
  found: 'the last step leads back to where the flow had been',
});

/** How many states stand in a level. */
function countOf(level: Numbers): number {
  let count = 0;
  for (let at = 0; at < level.length; at += 1 + level.at(at)) count++;
  return count;
}
