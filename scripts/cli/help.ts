import type { Command } from './command.ts';
import { flagOf } from './options.ts';
import { table } from './output.ts';

export function helpOf(command: Command): string {
  const own = Object.entries(command.options).map(([key, { placeholder, help }]) => [
    `  ${flagOf(key)}${placeholder === undefined ? '' : ` ${placeholder}`}`,
    help,
  ]);
  const common = [
    ['  --json', 'one JSON document on stdout, nothing else'],
    ['  --help', 'this page'],
  ];
  const usage = ['refrain', command.name, command.operands, '[flags]']
    .filter((word) => word !== '')
    .join(' ');
  const notes = command.notes ? ['', ...command.notes] : [];
  return [`Usage: ${usage}`, '', command.summary, '', ...table([...own, ...common]), ...notes].join('\n');
}

export function overview(commands: readonly Pick<Command, 'name' | 'summary'>[]): string {
  return [
    'Usage: refrain <command> [flags]',
    '',
    ...table(commands.map(({ name, summary }) => [`  ${name}`, summary])),
    '',
    'Each command explains itself: refrain <command> --help',
    'Exit codes: 0 fine, 1 a finding, 2 wrong usage, 3 platform not reached',
  ].join('\n');
}
