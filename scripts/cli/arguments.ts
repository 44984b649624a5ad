import { parseArgs } from 'node:util';
import type { Command } from './command.ts';
import { UsageError } from './errors.ts';
import { flagOf, type OptionTable, type ValuesOf } from './options.ts';

export interface Parsed<O extends OptionTable> {
  readonly options: ValuesOf<O>;
  readonly operands: readonly string[];
}

/** What every command understands, read before its own options are. */
export const isHelp = (argv: readonly string[]): boolean => named(argv, '--help') || named(argv, '-h');
export const isJson = (argv: readonly string[]): boolean => named(argv, '--json');

function named(argv: readonly string[], flag: string): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end === -1 ? undefined : end).includes(flag);
}

/**
 * Reads a command's flags and operands.
 * @throws UsageError naming everything that is wrong with them at once.
 */
export function readArguments<O extends OptionTable>(
  command: Command<O>,
  argv: readonly string[],
): Parsed<O> {
  const { typed, operands, problems } = sort(command, argv);
  const options: Record<string, unknown> = {};
  for (const [key, option] of Object.entries(command.options)) {
    try {
      options[key] = option.read(typed.get(key) ?? []);
    } catch (error) {
      if (!(error instanceof UsageError)) throw error;
      problems.push(`${flagOf(key)}: ${error.message}`);
    }
  }
  const { min, max } = command.operandCount ?? { min: 0, max: 0 };
  if (operands.length < min) problems.push(`expected ${command.operands}, found nothing`);
  if (operands.length > max) problems.push(tooMany(command, operands.slice(max)));
  if (problems.length > 0) {
    throw new UsageError(`refrain ${command.name}: ${problems.join('; ')}. Nothing was done.`);
  }
  return { options: options as ValuesOf<O>, operands };
}

const tooMany = ({ operands }: Pick<Command, 'operands'>, surplus: readonly string[]): string =>
  `expected ${operands === '' ? 'flags only' : operands}, found also "${surplus.join(' ')}"`;

interface Sorted {
  readonly typed: ReadonlyMap<string, readonly string[]>;
  readonly operands: readonly string[];
  readonly problems: string[];
}

function sort(command: Pick<Command, 'options'>, argv: readonly string[]): Sorted {
  const keys = new Map(Object.keys(command.options).map((key) => [flagOf(key), key]));
  const known = [...keys.keys(), '--json', '--help'];
  const config = Object.fromEntries([
    ...[...keys].map(
      ([flag, key]) => [flag.slice(2), { type: isSwitch(command, key) ? 'boolean' : 'string' }] as const,
    ),
    ['json', { type: 'boolean' }] as const,
    ['help', { type: 'boolean', short: 'h' }] as const,
  ]);
  const { tokens } = parseArgs({ args: [...argv], options: config, strict: false, tokens: true });
  const typed = new Map<string, string[]>();
  const operands: string[] = [];
  const problems: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') operands.push(token.value);
    if (token.kind !== 'option') continue;
    const flag = `--${token.name}`;
    if (!known.includes(flag)) {
      problems.push(`unknown flag ${token.rawName}, expected one of ${known.join(', ')}`);
      continue;
    }
    const key = keys.get(flag);
    const switched = key === undefined || isSwitch(command, key);
    if (switched && token.value !== undefined)
      problems.push(`${flag} takes no value, found "${token.value}"`);
    // What looks like the next flag was not meant as this one's value.
    const missing = token.value === undefined || (!token.inlineValue && token.value.startsWith('--'));
    if (!switched && missing) problems.push(`${flag} expects ${placeholder(command, key)}, found nothing`);
    else if (key !== undefined) typed.set(key, [...(typed.get(key) ?? []), token.value ?? '']);
  }
  return { typed, operands, problems };
}

const isSwitch = (command: Pick<Command, 'options'>, key: string): boolean =>
  command.options[key]?.placeholder === undefined;
const placeholder = (command: Pick<Command, 'options'>, key: string): string =>
  command.options[key]?.placeholder ?? 'a value';
