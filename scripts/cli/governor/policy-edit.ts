import { readFileSync } from 'node:fs';
import { messageOf } from '@refrain/errors';
import { type Policy, policy } from '@refrain/governor';
import { UsageError } from '../errors.ts';

export interface Setting {
  /** `budget.share` */
  readonly key: string;
  readonly value: number;
}

/** Every value of a policy with its dotted name. */
export const settingsOf = (of: object, before = ''): Setting[] =>
  Object.entries(of).flatMap(([name, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null
      ? settingsOf(value, `${before}${name}.`)
      : [{ key: `${before}${name}`, value: Number(value) }],
  );

const refuse = (problem: string): never => {
  throw new UsageError(`refrain governor policy set: ${problem}. Nothing was changed.`);
};

/**
 * The policy that is meant: a file holds all of it (what it leaves out is the default), `key=value` changes
 * the one that holds.
 * @throws UsageError naming everything that is wrong with it.
 */
export function editedPolicy(current: Policy, operands: readonly string[]): Policy {
  const [file = ''] = operands;
  const isFile = operands.length === 1 && !file.includes('=');
  const read = policy.safeParse(isFile ? readPolicy(file) : changed(current, operands));
  if (read.success) return read.data;
  const problems = read.error.issues.map(({ path, message }) => `${path.join('.') || 'all'}: ${message}`);
  return refuse(problems.join('; '));
}

function readPolicy(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    return refuse(`${path} cannot be read as JSON, or as key=value: ${messageOf(error)}`);
  }
}

function changed(current: Policy, operands: readonly string[]): unknown {
  const known = settingsOf(current);
  const problems: string[] = [];
  const next = structuredClone(current) as Record<string, unknown>;
  for (const operand of operands) {
    const [, key = '', text = ''] = /^([^=]*)=(.*)$/.exec(operand) ?? [];
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (!known.some((setting) => setting.key === key))
      problems.push(`"${operand}" is no key=value of a policy, expected a key of ${keysOf(known)}`);
    else if (Number.isNaN(value)) problems.push(`${key}: expected a number, found "${text}"`);
    else put(next, key.split('.'), value);
  }
  return problems.length > 0 ? refuse(problems.join('; ')) : next;
}

const keysOf = (settings: readonly Setting[]): string => settings.map(({ key }) => key).join(', ');

function put(into: Record<string, unknown>, [name = '', ...rest]: readonly string[], value: number): void {
  if (rest.length === 0) into[name] = value;
  else put(into[name] as Record<string, unknown>, rest, value);
}
