import {
  type AnyContract,
  type AnyEventType,
  type ContractInfo,
  defineContract,
  type DomainEvent,
  event,
  type EventInfo,
} from '@refrain/contract-kit';
import type { AnyDecider } from '@refrain/decider';
import type { ServiceDefinition } from '@refrain/runtime';
import { z } from 'zod';

interface Named {
  /** The contract as the build before has it. */
  readonly contract: AnyContract;
  readonly type: string;
}

/** One event type, one version later. */
interface Newer {
  readonly info: EventInfo;
  readonly type: AnyEventType;
  /** The data with what the newer version has more, and without. @throws where it lacks that. */
  readonly extend: (data: object) => object;
  readonly strip: (data: unknown) => unknown;
}

/** The newer version has a field more, which only its upcast gives to what is stored in older ones. */
function newerOf({ contract: { $contract }, type }: Named): Newer {
  const old = $contract.events[type] as EventInfo;
  const version = old.version + 1;
  const field = `edition${version}`;
  const extend = (data: object): object => ({ ...data, [field]: version });
  const upcasts = { ...old.upcasts, [old.version]: (data: unknown) => extend(data as object) };
  const definition = event(version, { ...old.shape, [field]: z.literal(version) }, upcasts);
  const entity = { ...$contract.entities[old.entityType], events: { [type]: definition } };
  const made = defineContract({
    service: $contract.service,
    entities: { [old.entityType]: entity as never },
  });
  const { events, types } = (made as AnyContract).$contract;
  return {
    info: events[type] as EventInfo,
    type: types[type] as AnyEventType,
    extend,
    strip(data) {
      const { [field]: edition, ...rest } = data as Record<string, unknown>;
      if (edition !== version)
        throw new Error(`${type} was taken for version ${version}, and is an older one`);
      return rest;
    },
  };
}

/**
 * A service as its next build has it: one event is known, heard and recorded in a newer version, with a field
 * more. An instance of the old build beside it does not know that version.
 */
export function newerEdition(definition: ServiceDefinition, named: Named): ServiceDefinition {
  const newer = newerOf(named);
  const { service } = named.contract.$contract;
  const isOwn = definition.contract.$contract.service === service;
  const isIt = (one: Pick<AnyEventType, 'service' | 'type'>): boolean =>
    one.service === service && one.type === named.type;
  const contract = isOwn ? newerContract(definition.contract, named.type, newer) : definition.contract;
  const heard = <T extends { readonly toCommand: (data: unknown) => unknown }>(
    one: T,
    of: AnyEventType,
    key: string,
  ): T =>
    isIt(of) ? { ...one, [key]: newer.type, toCommand: (data) => one.toCommand(newer.strip(data)) } : one;
  const decider = ($decider: AnyDecider): { readonly $decider: AnyDecider } => ({
    $decider: isOwn ? newerDecider({ ...$decider, contract }, isIt, newer) : $decider,
  });
  return {
    ...definition,
    contract,
    deciders: definition.deciders.map(({ $decider }) => decider($decider)),
    reactions: definition.reactions.map((one) => heard(one, one.event, 'event')),
    hot: definition.hot.map((hot) => ({
      ...hot,
      decider: decider(hot.decider.$decider),
      answers: hot.answers.map((one) => heard(one, one.event, 'event')),
    })),
    deadlines: definition.deadlines.map((one) => heard(one, one.after, 'after')),
  };
}

/** The contract of the next build. */
export const editionOf = (contract: AnyContract, type: string): AnyContract =>
  newerContract(contract, type, newerOf({ contract, type }));

function newerContract(contract: AnyContract, type: string, newer: Newer): AnyContract {
  const info = contract.$contract;
  const $contract: ContractInfo = {
    ...info,
    events: { ...info.events, [type]: newer.info },
    types: { ...info.types, [type]: newer.type },
  };
  return { ...contract, $contract };
}

function newerDecider(decider: AnyDecider, isIt: (event: DomainEvent) => boolean, newer: Newer): AnyDecider {
  const { version } = newer.info;
  return {
    ...decider,
    decide: (state, command) =>
      decider
        .decide(state, command)
        .map((one) => (isIt(one) ? { ...one, version, data: newer.extend(one.data as object) } : one)),
    evolve: (state, one) =>
      decider.evolve(state, isIt(one) ? { ...one, version: version - 1, data: newer.strip(one.data) } : one),
  };
}

/** A service as a bad build has it: one of its reactions throws, the `n`-th around the circle. */
export const brokenEdition = (definition: ServiceDefinition, n: number): ServiceDefinition => ({
  ...definition,
  reactions: definition.reactions.map((one, i) =>
    i === n % definition.reactions.length ? { ...one, toCommand: mistaken } : one,
  ),
});

function mistaken(): never {
  throw new TypeError('a mistake in a reaction');
}
