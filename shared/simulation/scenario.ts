import type { ServiceDefinition } from '@refrain/runtime';
import type { Dice } from './dice.ts';
import type { FaultKind } from './fault-kind.ts';
import type { Entry } from './plan.ts';
import type { Process } from './process.ts';
import type { Run } from './run.ts';
import type { Started } from './world.ts';

/** A broken promise: which one, where, and what was found. */
export interface Finding {
  readonly invariant: string;
  readonly where: string;
  readonly found: string;
}

/** What was looked at, and what is broken. */
export interface Checked {
  readonly findings: readonly Finding[];
  /** How often each invariant was looked at: what is never looked at holds always. */
  readonly invariants: Readonly<Record<string, number>>;
}

/** An event that a deploy brings in a newer version, and who hears of it besides its own service. */
export interface NewerVersion {
  readonly service: string;
  readonly type: string;
  readonly readers: readonly string[];
}

/** Services to simulate, with the world around them. Made once; each run gets a stage of its own. */
export interface Scenario {
  readonly name: string;
  /** The services, each hosted by so many instances. */
  readonly services: readonly string[];
  readonly instances: number;
  /** Processes that host no service: governors. Each runs twice. Default: none. */
  readonly others?: readonly string[];
  /** What its own providers can do wrong. */
  readonly faults: readonly FaultKind[];
  /** What a deploy in the middle of a run can bring. */
  readonly newer: readonly NewerVersion[];
  /**
   * What is done after a power cut, once the broker is there again and before any process is. Without it
   * there are no power cuts. `id` names this one.
   */
  readonly recover?: (run: Run, id: string) => Promise<unknown>;
  drawLoad(dice: Dice, size: number): readonly Entry[];
  /** What people do while it runs. Default: nothing. */
  drawPeople?(dice: Dice): readonly Entry[];
  begin(run: Run): Stage;
}

/** One run of a scenario. */
export interface Stage {
  define(service: string, started: Started): ServiceDefinition;
  /** What a process of `others` does. */
  runProcess?(service: string, process: Process): void;
  /** Does one entry of the load, or what people do. */
  perform(entry: Entry): void;
  /** Whether everything that was asked for has ended; asked at every moment. */
  isSettled(load: readonly Entry[]): boolean;
  /** How often the world outside was acted upon: a replay adds nothing to it. */
  acts(): number;
  /** What the world outside looks like, as text: two runs of one plan are compared by it. */
  dump(): string;
  /** Looks at everything, once the run has ended. Awaits nothing that takes time. */
  check(): Promise<Checked>;
}
