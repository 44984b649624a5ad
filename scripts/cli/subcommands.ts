import type { Command } from './command.ts';
import { UsageError } from './errors.ts';

/** A command that is several: `refrain retries ls`, `refrain retries now <operationId>`. */
export interface CommandGroup extends Command {
  /** Each has its whole name, `retries ls`, so that its help and its errors say how it is typed. */
  readonly subcommands: readonly Command[];
}

interface GroupParts {
  readonly name: string;
  readonly summary: string;
  readonly subcommands: readonly Command[];
  readonly notes?: readonly string[];
}

/** Makes one command of several. Export it as `command` from `commands/<name>.ts`, like any other. */
export function commandGroup({ name, summary, subcommands, notes = [] }: GroupParts): CommandGroup {
  const operands = `<${subcommands.map((sub) => lastWord(sub.name)).join('|')}>`;
  return {
    name,
    summary,
    operands,
    options: {},
    notes: [
      ...subcommands.flatMap((sub) => [`refrain ${sub.name} ${sub.operands}`.trimEnd(), `  ${sub.summary}`]),
      '',
      `Each explains itself: refrain ${name} ${operands} --help`,
      ...notes,
    ],
    subcommands,
    run: () => Promise.reject(new UsageError(`refrain ${name}: expected ${operands}. Nothing was done.`)),
  };
}

export const isGroup = (command: Command): command is CommandGroup => 'subcommands' in command;

/**
 * The command that a command line means, and what of it is left to read: of a group, the one that its first
 * word names.
 * @throws UsageError for a word that the group does not have.
 */
export function chosen(
  command: Command,
  rest: readonly string[],
): { command: Command; rest: readonly string[] } {
  const [word] = rest;
  if (!isGroup(command) || word === undefined || word.startsWith('-')) return { command, rest };
  const found = command.subcommands.find((sub) => lastWord(sub.name) === word);
  if (found) return chosen(found, rest.slice(1));
  throw new UsageError(
    `refrain ${command.name}: expected ${command.operands}, found "${word}". Nothing was done.`,
  );
}

const lastWord = (name: string): string => name.split(' ').at(-1) ?? name;
