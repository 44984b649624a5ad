import manifest from '../package.json' with { type: 'json' };
import { isRefrainError, messageOf } from '@refrain/errors';
import { isHelp, isJson, readArguments } from './arguments.ts';
import type { Command } from './command.ts';
import { exit, exitCodeOf, UsageError } from './errors.ts';
import { helpOf, overview } from './help.ts';
import { createOutput, type Streams } from './output.ts';
import { commandNames, loadCommand } from './registry.ts';
import { chosen } from './subcommands.ts';

/**
 * Runs one command line and resolves with its exit code. Never throws, never prints a stack for a user's
 * mistake.
 */
export async function main(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  streams: Streams = process,
): Promise<number> {
  const [name, ...rest] = argv;
  const json = isJson(argv);
  const out = createOutput(json, streams);
  try {
    if (name === 'help') return await explain(rest, env, streams);
    if (name === undefined || name.startsWith('-')) return await answerWithoutCommand(argv, streams);
    const names = commandNames();
    if (!names.includes(name)) {
      throw new UsageError(
        `refrain: unknown command "${name}", expected one of ${names.join(', ')}. Nothing was done.`,
      );
    }
    const { command, rest: own } = chosen(await loadCommand(name), rest);
    if (isHelp(own)) {
      streams.stdout.write(json ? `${JSON.stringify({ help: helpOf(command) })}\n` : `${helpOf(command)}\n`);
      return exit.fine;
    }
    return await command.run({ ...readArguments(command, own), env, out });
  } catch (error) {
    const code = exitCodeOf(error);
    const expected = error instanceof UsageError || isRefrainError(error);
    out.progress('');
    streams.stderr.write(`${expected ? error.message : `refrain: a defect of ours: ${messageOf(error)}`}\n`);
    if (!expected && env['LOG_LEVEL'] === 'debug') streams.stderr.write(`${(error as Error).stack}\n`);
    out.document({
      error: { code: codeOf(error), message: messageOf(error), exit: code },
    });
    return code;
  }
}

/** `refrain help` is the overview, `refrain help up` what `refrain up --help` is. */
async function explain(words: readonly string[], env: NodeJS.ProcessEnv, streams: Streams): Promise<number> {
  const named = words.filter((word) => word !== '--json');
  const json = isJson(words) ? ['--json'] : [];
  return await main([...named, '--help', ...json], env, streams);
}

/** What went wrong, for scripts: a code of the catalogue, wrong usage, or a defect of ours. */
function codeOf(error: unknown): string {
  if (isRefrainError(error)) return error.code;
  return error instanceof UsageError ? 'USAGE' : 'DEFECT';
}

/** A service that cannot be loaded takes commands away, and the list of them stays. */
async function listed(name: string): Promise<Pick<Command, 'name' | 'summary'>> {
  try {
    return await loadCommand(name);
  } catch (error) {
    return {
      name,
      summary: `Cannot be loaded now: ${isRefrainError(error) ? error.code : messageOf(error)}.`,
    };
  }
}

async function answerWithoutCommand(argv: readonly string[], { stdout }: Streams): Promise<number> {
  const [flag] = argv;
  if (flag === '--version') {
    const { version } = manifest;
    stdout.write(isJson(argv) ? `${JSON.stringify({ version })}\n` : `refrain ${version}\n`);
    return exit.fine;
  }
  if (flag !== undefined && !['--help', '-h', '--json'].includes(flag)) {
    throw new UsageError(
      `refrain: unknown flag ${flag} before the command. Usage: refrain <command> [flags]. Nothing was done.`,
    );
  }
  const commands = await Promise.all(commandNames().map(listed));
  const summaries = commands.map(({ name, summary }) => ({ name, summary }));
  stdout.write(isJson(argv) ? `${JSON.stringify({ commands: summaries })}\n` : `${overview(commands)}\n`);
  return isHelp(argv) || isJson(argv) ? exit.fine : exit.usage;
}
