import type { AnyContract, DomainEvent, EventOf } from '@refrain/contract-kit';
import { Bug, RefrainError } from '@refrain/errors';
import { type Draft, produce } from 'immer';

/** What an entity is asked to decide. Time and ids arrive in its data. */
export interface Command {
  readonly name: string;
  readonly entityType: string;
  readonly entityId: string;
  readonly data: unknown;
}

/** A decider without its types: what the runtime, the laws and the simulator work with. */
export interface AnyDecider {
  readonly contract: AnyContract;
  readonly entityType: string;
  readonly initialState: unknown;
  /** The state after an event. Pure, never throws. */
  evolve(state: unknown, event: DomainEvent): unknown;
  /**
   * The events to record, `[]` for "nothing to add". Pure.
   * @throws Bug for a command that it does not have: an answer would be on record as handled, for ever.
   */
  decide(state: unknown, command: Command): readonly DomainEvent[];
  /** The names of its commands. */
  readonly commands: readonly string[];
}

type DataOf<E, T> = Extract<E, { type: T }> extends { readonly data: infer D } ? D : never;
type Evolve<S extends object, E extends DomainEvent> = {
  // `void` when the draft was changed in place; else the next state
  readonly [T in E['type']]: (state: Draft<S>, data: DataOf<E, T>) => S | void;
};
// oxlint-disable-next-line typescript/no-explicit-any -- each command has its own data; `Commands` gives them their types back
type Decide<S, E> = Readonly<Record<string, (state: S, data: any) => readonly E[]>>;
type Commands<D> = {
  readonly [N in keyof D & string]: D[N] extends (state: never, data: infer A) => unknown
    ? (data: A) => Command
    : never;
};

/** A maker of commands by name, and the decider itself under `$decider`. */
export type Decider<D = Readonly<Record<string, never>>> = Commands<D> & { readonly $decider: AnyDecider };

/** How an entity decides: what each event makes of its state, and what each command records. */
export interface DeciderDefinition<S extends object, E extends DomainEvent, D> {
  /**
   * One line per event: change the immer draft, or return the next state. A missing event does not compile.
   */
  readonly evolve: Evolve<S, E>;
  /** Commands by name: guard, decide, return the events to record. */
  readonly decide: D;
}

/**
 * Declares what one entity decides, in two calls so that the state's type is settled before the lines that
 * use it: `defineDecider(payments, 'charge', initialState)({ evolve, decide })`. The result makes commands,
 * `charge.request(order)`, addressed by the entity's id field in their data (a hot entity by its fixed id).
 * STORED FORMAT: a command's name stands in the log where there is no reaction.
 *
 * @throws RF_DECIDER when an event has no line in `evolve`, or the contract has no such entity. A command is
 * made with a Bug where its data lack the entity's id.
 */
export const defineDecider =
  <C extends AnyContract, const K extends string, S extends object>(
    contract: C,
    entityType: K,
    initialState: S,
  ) =>
  <const D extends Decide<S, EventOf<C, K>>>(
    definition: DeciderDefinition<S, EventOf<C, K> & DomainEvent, D>,
  ): Decider<D> => {
    const lines = definition.evolve as Record<string, (state: unknown, data: unknown) => unknown>;
    const idOf = entityIdOf(contract, entityType, lines);
    const decide = definition.decide as Decide<unknown, DomainEvent>;
    const commands = Object.fromEntries(
      Object.keys(decide).map((name) => [
        name,
        (data: unknown): Command => ({ name, entityType, entityId: idOf(data), data }),
      ]),
    );
    const $decider: AnyDecider = {
      contract,
      entityType,
      initialState,
      evolve: (state, event) => produce(state, (draft: unknown) => lines[event.type]?.(draft, event.data)),
      decide: (state, { name, data }) => {
        const line = Object.hasOwn(decide, name) ? decide[name] : undefined;
        if (!line) throw new Bug(`${entityType} has no command "${name}". Nothing was decided.`);
        return line(state, data);
      },
      commands: Object.keys(decide),
    };
    return { ...commands, $decider } as unknown as Decider<D>;
  };

function entityIdOf(
  contract: AnyContract,
  entityType: string,
  lines: Record<string, unknown>,
): (data: unknown) => string {
  const info = contract.$contract;
  const refuse = (problem: string): never => {
    throw new RefrainError('RF_DECIDER', { entity: `${info.service}.${entityType}`, problem });
  };
  const entity = info.entities[entityType] ?? refuse(`the contract has no entity ${entityType}`);
  for (const [type, event] of Object.entries(info.events))
    if (event.entityType === entityType && !lines[type]) refuse(`evolve lacks ${type}`);
  if (entity.fixedId !== undefined) return () => entity.fixedId as string;
  const field = entity.id as string;
  return (data) => {
    const id = (data as Record<string, unknown> | null | undefined)?.[field];
    if (typeof id === 'string') return id;
    throw new Bug(
      `A command of ${entityType} has no ${field}, which says of which one. Nothing was decided.`,
    );
  };
}
