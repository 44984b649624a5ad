import type { AnyContract, AnyEventType, ContractInfo, DomainEvent, EventInfo } from '@refrain/contract-kit';
import type { AnyDecider } from '@refrain/decider';
import type { ServiceDefinition } from '@refrain/runtime';

interface Named {
  readonly service: string;
  readonly type: string;
}

/** The same event type, one version later; what it holds has not changed. */
function newerType(event: AnyEventType): AnyEventType {
  const version = event.version + 1;
  const make = (data: unknown): DomainEvent => ({ ...event(data), version });
  const { type, service, entityType, personal } = event;
  const parse = (stored: number, data: unknown): unknown =>
    event.parse(stored === version ? event.version : stored, data);
  return Object.assign(make, { type, service, entityType, version, personal, parse });
}

function newerContract(contract: AnyContract, type: string): AnyContract {
  const info = contract.$contract;
  const old = info.events[type] as EventInfo;
  const upcasts = { ...old.upcasts, [old.version]: (data: unknown) => data };
  const $contract: ContractInfo = {
    ...info,
    events: { ...info.events, [type]: { ...old, version: old.version + 1, upcasts } },
    types: { ...info.types, [type]: newerType(info.types[type] as AnyEventType) },
  };
  return { ...contract, $contract };
}

/**
 * A service as its next build has it: one event is known, heard and recorded in a newer version. An instance
 * of the old build beside it does not know that version.
 */
export function newerEdition(definition: ServiceDefinition, { service, type }: Named): ServiceDefinition {
  const isOwn = definition.contract.$contract.service === service;
  const contract = isOwn ? newerContract(definition.contract, type) : definition.contract;
  const heard = <T extends AnyEventType>(event: T): T =>
    (event.service === service && event.type === type ? newerType(event) : event) as T;
  const decider = ($decider: AnyDecider): { readonly $decider: AnyDecider } => ({
    $decider: {
      ...$decider,
      contract,
      decide: (state, command) =>
        $decider
          .decide(state, command)
          .map((event) => (isOwn && event.type === type ? { ...event, version: event.version + 1 } : event)),
    },
  });
  return {
    ...definition,
    contract,
    deciders: definition.deciders.map(({ $decider }) => decider($decider)),
    reactions: definition.reactions.map((one) => ({ ...one, event: heard(one.event) })),
    hot: definition.hot.map((hot) => ({
      ...hot,
      decider: decider(hot.decider.$decider),
      answers: hot.answers.map((one) => ({ ...one, event: heard(one.event) })),
    })),
    deadlines: definition.deadlines.map((one) => ({ ...one, after: heard(one.after) })),
  };
}
