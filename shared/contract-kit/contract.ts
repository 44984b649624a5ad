import { RefrainError } from '@refrain/errors';
import { z } from 'zod';
import { contractProblems } from './contract-problems.ts';
import type { EffectRule } from './effect-rules.ts';
import { intakeOf, type OutsiderDefinition } from './outsiders.ts';
import {
  type DomainEvent,
  type EventDefinition,
  type EventType,
  personalPaths,
  type Shape,
} from './event.ts';

// Type parameters carry `any` where a schema's input and output are inferred per event; nothing else is
// loosened.
// oxlint-disable-next-line typescript/no-explicit-any
type AnyEvents = Readonly<Record<string, EventDefinition<any>>>;

/** `id` names the field of its events that is the entity's id; a hot entity has one fixed id. */
export type EntityDefinition<E extends AnyEvents = AnyEvents> =
  | { readonly id: string; readonly events: E }
  | { readonly fixedId: string; readonly events: E };

type Entities = Readonly<Record<string, EntityDefinition>>;
type Intersect<U> = (U extends unknown ? (u: U) => void : never) extends (i: infer I) => void ? I : never;
type EventsOf<N extends Entities> = Intersect<N[keyof N]['events']>;
type Outsiders<K extends string> = Readonly<Record<string, OutsiderDefinition<AnyEvents, K>>>;
/** All that outsiders may tell a service. */
type TellsOf<O extends Outsiders<string>> = Intersect<O[keyof O]['tells']>;
/** The names of all events of a contract's entities. */
export type NameOf<N extends Entities> = keyof EventsOf<N> & string;

type Output<D> = D extends EventDefinition<infer S extends Shape> ? z.output<z.ZodObject<S>> : never;
type Input<D> = D extends EventDefinition<infer S extends Shape> ? z.input<z.ZodObject<S>> : never;
type EventTypes<E> = { readonly [T in keyof E & string]: EventType<T, Output<E[T]>, Input<E[T]>> };
type EventUnion<E> = { [T in keyof E & string]: DomainEvent<T, Output<E[T]>> }[keyof E & string];

/** What is declared of one event, as the runtime and the audit read it. */
export interface EventInfo extends EventDefinition {
  readonly entityType: string;
}

/** What a contract says about itself, without its types. */
export interface ContractInfo {
  readonly service: string;
  readonly entities: Readonly<Record<string, { readonly id?: string; readonly fixedId?: string }>>;
  readonly events: Readonly<Record<string, EventInfo>>;
  readonly effects: Readonly<Record<string, EffectRule>>;
  readonly undoneBy: Readonly<Record<string, string>>;
  /** Events that leave something to a person or to later: never final, always shown. */
  readonly waits: readonly string[];
  /** Events whose effect comes last because nothing takes it back. */
  readonly pivots: readonly string[];
  readonly types: Readonly<Record<string, EventType>>;
  /** Who is none of ours, what it may tell this service, and which entities' events it may hear. */
  readonly outsiders: Readonly<Record<string, OutsiderDefinition>>;
}

/** What `defineContract` takes: each name in it is checked against the events declared here. */
export interface ContractDefinition<N extends Entities, F, O> {
  readonly service: string;
  readonly entities: N;
  readonly effects?: F;
  readonly undoneBy?: Partial<Record<NameOf<N>, NameOf<N>>>;
  readonly waits?: readonly NameOf<N>[];
  readonly pivots?: readonly NameOf<N>[];
  readonly outsiders?: O;
}

/** A contract: each event as a maker of events, and its description under `$contract`. */
export type Contract<
  N extends Entities = Entities,
  F = Readonly<Record<string, EffectRule>>,
  O extends Outsiders<string> = Outsiders<string>,
> = EventTypes<EventsOf<N>> & {
  readonly $contract: ContractInfo;
  readonly $entities: { readonly [K in keyof N]: EventUnion<N[K]['events']> };
  readonly $effects: F;
  /** What outsiders may tell, to be taken by `told`. */
  readonly $tells: EventTypes<TellsOf<O>>;
};

/** A contract of which only the description matters. */
export interface AnyContract {
  readonly $contract: ContractInfo;
}

/** The union of an entity's events in a contract. */
export type EventOf<C, K extends string> = C extends { readonly $entities: Readonly<Record<K, infer E>> }
  ? E
  : never;

function eventTypeOf(service: string, type: string, info: EventInfo): EventType {
  const schema = z.strictObject(info.shape);
  const parsed = (version: number, data: unknown): unknown => {
    const result = schema.safeParse(data);
    if (result.success) return result.data;
    throw new RefrainError('RF_EVENT_INVALID', {
      type,
      version,
      problem: z.prettifyError(result.error).replaceAll('\n', ' '),
    });
  };
  const make = (data: unknown): DomainEvent => ({
    type,
    service,
    version: info.version,
    data: parsed(info.version, data),
  });
  const parse = (version: number, data: unknown): unknown => {
    if (version > info.version)
      throw new RefrainError('RF_EVENT_NEWER', { type, version, known: info.version });
    let upcast = data;
    for (let v = version; v < info.version; v++)
      upcast = (info.upcasts[v] as (old: unknown) => unknown)(upcast);
    return parsed(version, upcast);
  };
  const { entityType, version } = info;
  const personal = personalPaths(info.shape);
  return Object.assign(make, { type, service, entityType, version, personal, parse });
}

/**
 * Declares what a service promises: its entities with their events, its effects with their rules, what undoes
 * what. The result is a value that neighbours, audit and laws read without loading the implementation:
 * `payments.ChargeCaptured({...})` makes an event, `payments.$contract` describes all. What outsiders may
 * tell is under `$tells`: it is no event of an entity, it leads to one.
 *
 * @throws RF_CONTRACT naming every problem at once; nothing is registered.
 */
export function defineContract<
  const N extends Entities,
  const F extends Readonly<Record<string, EffectRule<NameOf<N>>>>,
  const O extends Outsiders<keyof N & string> = Readonly<Record<string, never>>,
>(definition: ContractDefinition<N, F, O>): Contract<N, F, O> {
  const { service } = definition;
  const events: Record<string, EventInfo> = {};
  const entities: Record<string, { id?: string; fixedId?: string }> = {};
  for (const [entityType, { events: own, ...id }] of Object.entries<EntityDefinition>(definition.entities)) {
    entities[entityType] = id;
    for (const [type, event] of Object.entries(own)) events[type] = { ...event, entityType };
  }
  const effects = (definition.effects ?? {}) as Readonly<Record<string, EffectRule>>;
  const types: Record<string, EventType> = {};
  const info: ContractInfo = {
    service,
    entities,
    events,
    effects,
    undoneBy: (definition.undoneBy ?? {}) as Record<string, string>,
    waits: definition.waits ?? [],
    pivots: definition.pivots ?? [],
    types,
    outsiders: definition.outsiders ?? {},
  };
  const problems = contractProblems(info, definition.entities);
  if (problems.length > 0) throw new RefrainError('RF_CONTRACT', { service, problems: problems.join('; ') });
  for (const [type, event] of Object.entries(events)) types[type] = eventTypeOf(service, type, event);
  const tells: Record<string, EventType> = {};
  for (const [outsider, { tells: own }] of Object.entries(info.outsiders))
    for (const [type, event] of Object.entries(own))
      tells[type] = eventTypeOf(intakeOf(service), type, { ...event, entityType: outsider });
  return { ...types, $contract: info, $tells: tells } as unknown as Contract<N, F, O>;
}
