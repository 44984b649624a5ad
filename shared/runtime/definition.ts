import type { AnyContract, AnyEventType, EffectRule, EventType } from '@refrain/contract-kit';
import type { AnyDecider, Command } from '@refrain/decider';
import type { Act } from './found-acts.ts';
import type { TimeSpan } from './lost-tail.ts';
import type { Matter } from './matters.ts';

/**
 * What a service decides because of an event. Its name is STORED FORMAT: it is part of the ids of what it
 * records.
 */
export interface Reaction {
  readonly event: AnyEventType;
  readonly name: string;
  readonly toCommand: (data: unknown) => Command;
}

/** Because of this event, that command. */
export const on = <T extends string, D, I>(
  event: EventType<T, D, I>,
  name: string,
  toCommand: (data: D) => Command,
): Reaction => ({
  event,
  name,
  toCommand: toCommand as (data: unknown) => Command,
});

/** What an outsider told, as a reaction gets it. */
export interface Told<D> {
  /** Follows from who told it and under which id: told again, it is the same. 26 characters. */
  readonly id: string;
  readonly data: D;
}

/**
 * Because an outsider told this (`$tells` of the contract), that command: of an entity whose id follows from
 * the message's, or from its data. The name is STORED FORMAT.
 */
export const told = <T extends string, D, I>(
  event: EventType<T, D, I>,
  name: string,
  toCommand: (told: Told<D>) => Command,
): Reaction => ({
  event: Object.assign((data: I) => event(data), event, {
    parse: (version: number, { id, data }: Told<unknown>) => ({ id, data: event.parse(version, data) }),
  }),
  name,
  toCommand: toCommand as (data: unknown) => Command,
});

/** What the world is told with every request of an operation. */
export interface Call {
  /** The provider's key, `operationId.round.step`: the same on every repeat. */
  readonly key: string;
  /** The key of another step in this round: what a question about that step has to be asked under. */
  readonly keyOf: (step: string) => string;
  readonly operationId: string;
  /** The flow, for the header `Refrain-Correlation-Id`. */
  readonly correlationId: string;
  /** W3C traceparent of this attempt. */
  readonly traceparent: string;
  /** Aborted when the attempt's time is over. */
  readonly signal: AbortSignal;
  /** Keeps what a request returned, so that it is known to later attempts even if this one fails. */
  readonly note: (progress: Progress) => void;
}

/** What earlier steps of an operation returned, by name. Kept over attempts. */
export type Progress = Readonly<Record<string, string>>;

/**
 * What a lookup says: what to record; that the provider does not know it; or that it cannot happen any more.
 */
export type Answer = Command | 'not found' | 'never';

/** A failure by its name in the contract, or `undefined` for what nobody expected: a defect. */
export type Classified =
  | string
  | {
      readonly failure: string;
      readonly retryAfterMs?: number | undefined;
      readonly replayed?: boolean | undefined;
    }
  | undefined;

/** One page of what a provider did. `next`: what the next page is asked for with; missing: it is the last. */
export interface ActsPage {
  readonly acts: readonly Act[];
  readonly next?: string | undefined;
}

/** Lists what a provider did in a span, page by page, one request each. Changes nothing. */
export type Reconcile = (
  asked: { readonly span: TimeSpan; readonly after: string | undefined },
  call: Pick<Call, 'correlationId' | 'traceparent' | 'signal'>,
) => Promise<ActsPage>;

type DataOf<C, T extends string> = C extends Readonly<Record<T, EventType<T, infer D, never>>> ? D : unknown;
type StepName<R> = R extends { readonly steps: readonly (infer S extends string)[] } ? S : never;
type IntentOf<C, R> = R extends { readonly after: infer T extends string } ? DataOf<C, T> : never;

type Steps<C, R> = {
  /** The last step returns the command that records the success; earlier ones what later ones need. */
  readonly [S in StepName<R>]: (
    data: IntentOf<C, R>,
    call: Call,
    progress: Progress,
  ) => Promise<Command | Progress>;
};

interface Rest<D> {
  /** Asks what became of the operation. */
  readonly lookup?: (data: D, call: Call, progress: Progress) => Promise<Answer>;
  /**
   * Makes sure that it cannot happen any more, and says what did. Asked when nobody wants it, or when giving
   * up.
   */
  readonly close?: (data: D, call: Call, progress: Progress) => Promise<Answer>;
  readonly classify: (error: unknown) => Classified;
  /**
   * What the provider did in a span: asked after a log has lost its tail, for what it does not know. Without
   * it such acts are found by nobody.
   */
  readonly reconcile?: Reconcile;
  /**
   * What is recorded when a person says that it happened (`refrain.Verdict`). Without it nobody can say so:
   * what the provider knows and a person does not would be missing.
   */
  readonly happened?: (data: D) => Command;
  /** Whether the entity still wants it. Default: yes. */
  readonly wanted?: (state: unknown) => boolean;
}

/** The calls of one effect. The contract says when to repeat and when to stop; here is only the call. */
export interface Effect {
  readonly name: string;
  readonly rule: EffectRule;
  readonly entityType: string;
  readonly steps: Readonly<
    Record<string, (data: unknown, call: Call, progress: Progress) => Promise<Command | Progress>>
  >;
  readonly lookup?: Rest<unknown>['lookup'];
  readonly close?: Rest<unknown>['close'];
  readonly classify: Rest<unknown>['classify'];
  readonly reconcile?: Reconcile;
  readonly happened?: Rest<unknown>['happened'];
  readonly wanted: (state: unknown) => boolean;
}

/**
 * Ties the calls of an effect to its rule in the contract. A step, a name or a field that the contract does
 * not have is a compile error.
 */
export function effect<
  C extends AnyContract & { readonly $effects: Readonly<Record<string, EffectRule>> },
  const N extends keyof C['$effects'] & string,
>(contract: C, name: N, calls: Steps<C, C['$effects'][N]> & Rest<IntentOf<C, C['$effects'][N]>>): Effect {
  const rule = contract.$contract.effects[name] as EffectRule;
  const given = calls as unknown as Rest<unknown> & Effect['steps'];
  const steps = Object.fromEntries(rule.steps.map((step) => [step, given[step] as Effect['steps'][string]]));
  return {
    name,
    rule,
    entityType: contract.$contract.events[rule.after]?.entityType ?? '',
    steps,
    ...(given.lookup && { lookup: given.lookup }),
    ...(given.close && { close: given.close }),
    classify: given.classify,
    ...(given.reconcile && { reconcile: given.reconcile }),
    ...(given.happened && { happened: given.happened }),
    wanted: given.wanted ?? (() => true),
  };
}

/**
 * A time by which an entity must have got somewhere, the same span for all: it follows from a stored event.
 */
export interface Deadline {
  readonly name: string;
  readonly after: AnyEventType;
  readonly afterMs: number;
  readonly toCommand: (data: unknown) => Command;
}

/** `afterMs` after this event was stored, that command. Its name is STORED FORMAT. */
export const deadline = <T extends string, D, I>(
  after: EventType<T, D, I>,
  name: string,
  afterMs: number,
  toCommand: (data: D) => Command,
): Deadline => ({ name, after, afterMs, toCommand: toCommand as (data: unknown) => Command });

/**
 * A hot entity reads its requests from its own service's log, up to 64 at a time, and answers each exactly
 * once.
 */
export interface HotEntity {
  readonly decider: { readonly $decider: AnyDecider };
  readonly answers: readonly Reaction[];
  /**
   * What is recorded for a request whose decision throws; without it, or without an answer, a
   * `refrain.Defect`.
   */
  readonly onDefect?: (request: { readonly type: string; readonly data: unknown }) => Command | undefined;
}

/** Everything a service is, as a value: hosts, topology and laws are made from it. */
export interface ServiceDefinition {
  readonly contract: AnyContract;
  readonly deciders: readonly { readonly $decider: AnyDecider }[];
  readonly reactions: readonly Reaction[];
  readonly effects: readonly Effect[];
  readonly hot: readonly HotEntity[];
  readonly deadlines: readonly Deadline[];
  /** What the business waits for, told as metrics. */
  readonly matters: readonly Matter[];
  /** What it does because of what outsiders tell it. */
  readonly told: readonly Reaction[];
}

/**
 * A service as a value: what it decides, what it hears, what it does to the world. Hosting it is another
 * matter.
 */
export const service = (
  s: Pick<ServiceDefinition, 'contract' | 'deciders'> & Partial<ServiceDefinition>,
): ServiceDefinition => ({
  reactions: [],
  effects: [],
  hot: [],
  deadlines: [],
  matters: [],
  told: [],
  ...s,
});

/** What a service's log must not hold: the dotted paths of its own personal fields and of what it hears. */
export function personalPathsOf({ contract, reactions, hot, told: outside }: ServiceDefinition): string[] {
  const own = Object.values(contract.$contract.types);
  const heard = [...reactions, ...hot.flatMap(({ answers }) => answers), ...outside].map(
    ({ event }) => event,
  );
  return [...new Set([...own, ...heard].flatMap(({ personal }) => personal))];
}
