import type { DomainEvent } from '@refrain/contract-kit';
import type { Command } from '@refrain/decider';
import type { ServiceDefinition } from '@refrain/runtime';

/** A service, and what of it is kept beside its contract. */
export interface CheckedService {
  readonly definition: ServiceDefinition;
  /** Stored data of its events, by `Type.version`. Absent: versions are not compared with samples. */
  readonly samples?: Readonly<Record<string, unknown>>;
  /** The names that were ever stored (`storedNames`), as committed. Absent: no name is missed. */
  readonly names?: readonly string[];
}

/** What comes from outside: a client asks a service for something. */
export interface Request {
  /** As a person would say it: `the customer cancels`. */
  readonly name: string;
  readonly service: string;
  readonly command: Command;
  /** It may come, at any moment, or never. Default: it comes, at any moment. */
  readonly mayCome?: boolean;
}

/** Where a story begins: what was recorded before, and what is asked for then. */
export interface Scenario {
  /** `one order, two lines, everything in stock`. */
  readonly name: string;
  /** What is on record already; nobody hears of it any more. */
  readonly given?: readonly { readonly entityId: string; readonly event: DomainEvent }[];
  readonly requests: readonly Request[];
}

/** One effect of one entity, as an invariant sees it. */
export interface OperationSeen {
  readonly service: string;
  readonly entityId: string;
  readonly effect: string;
  /** `waiting`: given up with the outcome unknown, shown to a person. */
  readonly status: 'open' | 'started' | 'waiting' | 'closed';
  /** The world has changed because of it. */
  readonly happened: boolean;
  /** The data of its intent. */
  readonly data: unknown;
}

/** A state of all entities together, as an invariant sees it. */
export interface View {
  /** What the entity's events fold to; its initial state where it has none. */
  state(service: string, entityType: string, entityId: string): unknown;
  readonly operations: readonly OperationSeen[];
}

/** What must hold, declared beside the services. */
export interface Invariant {
  readonly name: string;
  /** In one sentence, for the counterexample. */
  readonly expected: string;
  /**
   * `end`: where nothing more comes by itself. `always`: in each state. Default: `end`.
   */
  readonly when?: 'end' | 'always';
  /** What is wrong, in one sentence; `undefined` where it holds. Pure. */
  readonly broken: (view: View) => string | undefined;
}

/** What is tried on the services: stories of each size, and what must hold whatever happens. */
export interface World {
  /** From small to large, each with its name: `one order`. The first is what every run tries. */
  readonly sizes: readonly { readonly name: string; readonly scenarios: readonly Scenario[] }[];
  readonly invariants: readonly Invariant[];
}

/** How much may go wrong in one story. */
export interface Faults {
  /** How often each effect is given up, or asked to end, before its time. */
  readonly failures: number;
  /** How often a process of each service dies between a call and its record. */
  readonly crashes: number;
}
