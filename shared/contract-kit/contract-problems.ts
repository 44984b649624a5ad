import type { ContractInfo, EntityDefinition } from './contract.ts';
import { type EventDefinition, unwritten } from './event.ts';
import { type EffectRule, type FailureRule, RESERVED_STEPS, type RetryRule } from './effect-rules.ts';

/** One token of a subject, as an entity's type and id are. */
const TOKEN = /^[A-Za-z0-9_-]{1,64}$/;

const SERVICE = /^[a-z][a-z0-9-]{0,31}$/;
const EVENT = /^[A-Z][A-Za-z0-9]*$/;

/** Where what could not be read lies, and what a foreign subject is called. */
const RESERVED_ENTITY_TYPES: readonly string[] = ['intake', 'unreadable'];

/** What is wrong with a retry rule, or `undefined`. Every rule has a last attempt. */
export function retryRuleProblem({ attempts, firstDelayMs, maxDelayMs }: RetryRule): string | undefined {
  if (!Number.isInteger(attempts) || attempts < 1)
    return `attempts is ${attempts}, expected a whole number from 1`;
  if (!(firstDelayMs > 0)) return `firstDelayMs is ${firstDelayMs}, expected above 0`;
  if (!(maxDelayMs >= firstDelayMs))
    return `maxDelayMs is ${maxDelayMs}, expected at least firstDelayMs (${firstDelayMs})`;
  return undefined;
}

const recordedBy = (rule: FailureRule): string => (rule.class === 'rejected' ? rule.records : rule.givingUp);

function effectProblems(name: string, rule: EffectRule, info: ContractInfo): string[] {
  const problems: string[] = [];
  const retry = retryRuleProblem(rule.retry);
  if (retry) problems.push(`effect ${name}: ${retry}`);
  if (rule.steps.length === 0) problems.push(`effect ${name} names no step`);
  problems.push(...stepProblems(name, rule.steps));
  if (!(rule.timeoutMs > 0))
    problems.push(`effect ${name}: timeoutMs is ${rule.timeoutMs}, expected above 0`);
  const intent = info.events[rule.after];
  if (!intent)
    return [...problems, `effect ${name} runs after ${rule.after}, which is no event of the contract`];
  for (const [failure, failureRule] of Object.entries(rule.failures)) {
    const type = recordedBy(failureRule);
    problems.push(...recordableProblems(`effect ${name}, failure ${failure}`, type, intent.entityType, info));
    const leadsOn = info.waits.includes(type) || info.undoneBy[type] !== undefined;
    if (failureRule.happened === 'unknown' && !leadsOn)
      problems.push(
        `effect ${name}, failure ${failure}: giving up on an unknown outcome records ${type}, which is neither in waits nor undone`,
      );
  }
  if (!Object.values(rule.failures).some(({ happened }) => happened === 'unknown'))
    problems.push(
      `effect ${name} has no failure with happened 'unknown': a process can die in the middle of a call`,
    );
  if (rule.neverHappened)
    problems.push(
      ...recordableProblems(`effect ${name}, neverHappened`, rule.neverHappened, intent.entityType, info),
    );
  if (rule.undoes !== undefined && info.undoneBy[rule.undoes] === undefined)
    problems.push(`effect ${name} undoes ${rule.undoes}, of which undoneBy does not say what undoes it`);
  return problems;
}

/** A step is a part of the provider's key and of its calls, where some names say something else. */
const stepProblems = (effect: string, steps: readonly string[]): string[] =>
  steps.flatMap((step, i) => [
    ...(RESERVED_STEPS.includes(step)
      ? [`effect ${effect} has the step ${step}, a name that is kept for the platform`]
      : []),
    ...(TOKEN.test(step) ? [] : [`effect ${effect} has the step "${step}", expected [A-Za-z0-9_-]{1,64}`]),
    ...(steps.indexOf(step) < i ? [`effect ${effect} has the step ${step} twice`] : []),
  ]);

/** What the platform records by itself carries the entity's id and nothing else. */
function recordableProblems(where: string, type: string, entityType: string, info: ContractInfo): string[] {
  const event = info.events[type];
  if (!event) return [`${where} records ${type}, which is no event of the contract`];
  if (event.entityType !== entityType)
    return [`${where} records ${type}, which belongs to ${event.entityType}, not ${entityType}`];
  const required = Object.entries(event.shape).filter(
    ([field, s]) => field !== info.entities[entityType]?.id && !s.safeParse(undefined).success,
  );
  return required.length === 0
    ? []
    : [
        `${where} records ${type}, which needs more than the entity's id: ${required.map(([f]) => f).join(', ')}`,
      ];
}

function entityProblems(entityType: string, entity: EntityDefinition): string[] {
  const problems = eventProblems(entityType, entity);
  if (!TOKEN.test(entityType))
    problems.push(`the entity type "${entityType}" is not of the form [A-Za-z0-9_-]{1,64}`);
  if (RESERVED_ENTITY_TYPES.includes(entityType))
    problems.push(`the entity type ${entityType} is kept for the platform, for what could not be read`);
  if ('fixedId' in entity && !TOKEN.test(entity.fixedId))
    problems.push(`the fixed id "${entity.fixedId}" of ${entityType} is not of the form [A-Za-z0-9_-]{1,64}`);
  return problems;
}

function eventProblems(entityType: string, entity: EntityDefinition): string[] {
  return Object.entries(entity.events).flatMap(([type, event]) => [
    ...versionProblems(type, event),
    ...('id' in entity && !(entity.id in event.shape)
      ? [`${type} lacks the field ${entity.id}, the id of ${entityType}`]
      : []),
  ]);
}

function versionProblems(type: string, { version, upcasts }: EventDefinition): string[] {
  const problems: string[] = [];
  if (!Number.isInteger(version) || version < 1)
    problems.push(`${type} has version ${version}, expected a whole number from 1`);
  for (let v = 1; v < version; v++)
    if (!upcasts[v]) problems.push(`${type} has version ${version} and no upcast from version ${v}`);
    else if (upcasts[v] === unwritten)
      problems.push(`${type}: what version ${v} becomes as version ${v + 1} is not written yet`);
  return problems;
}

function outsiderProblems({ outsiders, entities }: ContractInfo, seen: Set<string>): string[] {
  return Object.entries(outsiders).flatMap(([name, { tells, hears }]) => {
    const problems: string[] = [];
    if (!SERVICE.test(name)) problems.push(`the outsider "${name}" is not of the form [a-z][a-z0-9-]{0,31}`);
    for (const [type, event] of Object.entries(tells)) {
      if (!EVENT.test(type)) problems.push(`${name} tells ${type}, expected the past tense in PascalCase`);
      if (seen.has(type)) problems.push(`${name} tells ${type}, which is declared already`);
      seen.add(type);
      problems.push(...versionProblems(type, event));
    }
    for (const entityType of hears)
      if (!entities[entityType])
        problems.push(`${name} hears ${entityType}, which is no entity of the contract`);
    return problems;
  });
}

/** Everything that is wrong with a contract, each with what was expected. Empty when it is usable. */
export function contractProblems(
  info: ContractInfo,
  entities: Readonly<Record<string, EntityDefinition>>,
): string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  if (!SERVICE.test(info.service))
    problems.push(`the service name "${info.service}" is not of the form [a-z][a-z0-9-]{0,31}`);
  for (const [entityType, entity] of Object.entries(entities)) {
    problems.push(...entityProblems(entityType, entity));
    for (const type of Object.keys(entity.events)) {
      if (seen.has(type)) problems.push(`${type} is declared by two entities`);
      if (!EVENT.test(type))
        problems.push(`${type} is no name for an event; expected the past tense in PascalCase`);
      seen.add(type);
    }
  }
  problems.push(...outsiderProblems(info, seen));
  for (const [name, rule] of Object.entries(info.effects)) problems.push(...effectProblems(name, rule, info));
  for (const [event, undo] of Object.entries(info.undoneBy))
    if (!info.events[event] || !info.events[undo])
      problems.push(`undoneBy ${event}: ${undo} names an event the contract does not have`);
  for (const type of [...info.waits, ...info.pivots])
    if (!info.events[type]) problems.push(`waits and pivots name ${type}, which is no event of the contract`);
  return problems;
}
