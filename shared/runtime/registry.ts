import { type ContractInfo, intakeOf } from '@refrain/contract-kit';
import type { AnyDecider } from '@refrain/decider';
import { RefrainError } from '@refrain/errors';
import type { Deadline, Effect, HotEntity, Reaction, ServiceDefinition } from './definition.ts';
import { type Matter, matterProblems } from './matters.ts';

/** How a type of entity is folded. `intake` has no decider: it holds what could not be read. */
export interface EntityKind {
  readonly entityType: string;
  readonly contract: ContractInfo;
  readonly decider: AnyDecider | undefined;
  readonly hot: boolean;
  readonly matters: readonly Matter[];
}

/** The type of the entity that holds what could not be read, one per source: a service, or an outsider. */
export const INTAKE = 'intake';

/** A service definition, looked up from every side. */
export interface Registry {
  readonly contract: ContractInfo;
  readonly kinds: ReadonlyMap<string, EntityKind>;
  /** By source service, then by event type. */
  readonly reactions: ReadonlyMap<string, ReadonlyMap<string, readonly Reaction[]>>;
  readonly effects: ReadonlyMap<string, Effect>;
  readonly hot: readonly HotEntity[];
  readonly deadlines: readonly Deadline[];
  readonly matters: readonly Matter[];
}

/** What the compiler would say first, of code that runs without being compiled. */
function misspelt({ reactions, hot, told, deadlines, effects }: ServiceDefinition): string[] {
  const heard = [...reactions, ...hot.flatMap(({ answers }) => answers), ...told];
  const lacks = (event: { readonly service?: string } | undefined): boolean => event?.service === undefined;
  return [
    ...heard
      .filter(({ event }) => lacks(event))
      .map(({ name }) => `the reaction "${name}" hears an event that no contract has (a wrong name?)`),
    ...deadlines
      .filter(({ after }) => lacks(after))
      .map(({ name }) => `the deadline ${name} follows from an event that no contract has (a wrong name?)`),
    ...effects.flatMap(({ name, steps }) =>
      Object.entries(steps)
        .filter(([, call]) => typeof call !== 'function')
        .map(([step]) => `the effect ${name} has no call for its step ${step} (a wrong name?)`),
    ),
  ];
}

function problemsOf(definition: ServiceDefinition): string[] {
  const wrong = misspelt(definition);
  if (wrong.length > 0) return wrong;
  const info = definition.contract.$contract;
  const problems: string[] = [];
  const names = new Set<string>();
  const heard = [...definition.reactions, ...definition.hot.flatMap((h) => h.answers), ...definition.told];
  problems.push(...toldProblems(definition));
  for (const { event, name } of heard) {
    const key = `${event.service}.${event.type} "${name}"`;
    if (names.has(key)) problems.push(`two reactions to ${key} have one name`);
    names.add(key);
  }
  for (const { answers } of definition.hot)
    for (const { event } of answers)
      if (event.service !== info.service)
        problems.push(
          `a hot entity answers only its own service's events, not ${event.service}.${event.type}`,
        );
  for (const { after } of definition.deadlines)
    if (after.service !== info.service)
      problems.push(`a deadline follows from an own event, not ${after.service}.${after.type}`);
  const spans = new Set(definition.deadlines.map((d) => d.afterMs));
  if (spans.size > 1)
    problems.push(`deadlines of unequal spans (${[...spans].join(', ')} ms) would hold each other up`);
  for (const { name, afterMs } of definition.deadlines)
    if (!(Number.isFinite(afterMs) && afterMs > 0))
      problems.push(`the deadline ${name} is ${afterMs} ms away, expected a number above 0`);
  const done = new Set(definition.effects.map((e) => e.name));
  for (const name of Object.keys(info.effects))
    if (!done.has(name)) problems.push(`the effect ${name} has no calls`);
  const decided = new Set(
    [...definition.deciders, ...definition.hot.map((h) => h.decider)].map((d) => d.$decider.entityType),
  );
  for (const entityType of Object.keys(info.entities))
    if (!decided.has(entityType)) problems.push(`the entity ${entityType} has no decider`);
  return [...problems, ...matterProblems(definition.matters, info)];
}

/** All that outsiders may tell is taken, by one reaction. */
function toldProblems({ contract, told }: ServiceDefinition): string[] {
  const { service, outsiders } = contract.$contract;
  const taken = told.map(({ event }) => `${event.service}.${event.type}`);
  const tells = Object.entries(outsiders).flatMap(([outsider, { tells: types }]) =>
    Object.keys(types).map((type) => ({ outsider, type, name: `${intakeOf(service)}.${type}` })),
  );
  return [
    ...tells
      .filter(({ name }) => !taken.includes(name))
      .map(({ outsider, type }) => `${outsider} may tell ${type}, and nothing takes it`),
    ...taken
      .filter((name, i) => taken.indexOf(name) < i)
      .map((name) => `${name} is taken twice; the decision of one entity is what follows from it`),
    ...taken
      .filter((name) => !tells.some((one) => one.name === name))
      .map((name) => `${name} is taken, and no outsider of the contract may tell it`),
  ];
}

/** @throws RF_SERVICE naming every problem of the definition; nothing is started. */
export function registryOf(definition: ServiceDefinition): Registry {
  const contract = definition.contract.$contract;
  const problems = problemsOf(definition);
  if (problems.length > 0)
    throw new RefrainError('RF_SERVICE', { service: contract.service, problems: problems.join('; ') });
  const kinds = new Map<string, EntityKind>([
    [INTAKE, { entityType: INTAKE, contract, decider: undefined, hot: false, matters: [] }],
  ]);
  const add = (decider: AnyDecider, hot: boolean): unknown =>
    kinds.set(decider.entityType, {
      entityType: decider.entityType,
      contract,
      decider,
      hot,
      matters: definition.matters,
    });
  for (const { $decider } of definition.deciders) add($decider, false);
  for (const { decider } of definition.hot) add(decider.$decider, true);
  const reactions = new Map<string, Map<string, Reaction[]>>();
  for (const reaction of [...definition.reactions, ...definition.told]) {
    const byType = reactions.get(reaction.event.service) ?? new Map<string, Reaction[]>();
    byType.set(reaction.event.type, [...(byType.get(reaction.event.type) ?? []), reaction]);
    reactions.set(reaction.event.service, byType);
  }
  return {
    contract,
    kinds,
    reactions,
    effects: new Map(definition.effects.map((e) => [e.name, e])),
    hot: definition.hot,
    deadlines: definition.deadlines,
    matters: definition.matters,
  };
}
