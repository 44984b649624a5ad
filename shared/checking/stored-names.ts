import type { ServiceDefinition } from '@refrain/runtime';
import type { Finding } from './finding.ts';
import type { CheckedService } from './world.ts';

/**
 * The names of a service that stand in its log and in ids: its reactions, answers, deadlines and effects,
 * each as one line, sorted. Beside the contract they are kept for ever, `contract/names.json`.
 */
export function storedNames({ reactions, hot, deadlines, effects, told }: ServiceDefinition): string[] {
  const heard = [...reactions, ...hot.flatMap(({ answers }) => answers), ...told];
  return [
    ...heard.map(({ event, name }) => `${event.service}.${event.type}: ${name}`),
    ...deadlines.map(({ after, name }) => `deadline ${name} after ${after.type}`),
    ...effects.map(({ name, rule }) => `effect ${name} after ${rule.after}`),
  ].sort();
}

/** Names that are kept and gone, and names that are there and not kept yet. */
export function nameFindings({ definition, names }: CheckedService): Finding[] {
  if (!names) return [];
  const { service } = definition.contract.$contract;
  const there = storedNames(definition);
  return [
    ...names
      .filter((name) => !there.includes(name))
      .map((name) => ({
        rule: 'name was lost' as const,
        where: `${service}: ${name}`,
        what: 'it is kept as a stored name, and no reaction, deadline or effect has it any more',
        why: 'the name is part of causes and ids: under another one what was handled is handled once more',
        todo: 'give it its name back; if nothing of it can come again, take the line out of contract/names.json',
      })),
    ...there
      .filter((name) => !names.includes(name))
      .map((name) => ({
        rule: 'name is not kept' as const,
        where: `${service}: ${name}`,
        what: 'it does not stand in contract/names.json',
        why: 'a name that is not kept can be changed without anybody noticing that logs hold it',
        todo: 'add the line, once the name is the one it shall have for ever',
      })),
  ];
}
