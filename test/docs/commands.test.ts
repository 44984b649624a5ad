import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandNames, loadCommand } from '../../scripts/cli/registry.ts';
import { isGroup } from '../../scripts/cli/subcommands.ts';
import { root } from '../tidy/tree.ts';
import { badCommands, badScripts, type Flags } from './commands.ts';
import { pages } from './pages.ts';

const flagOf = (option: string): string =>
  option.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

async function commands(): Promise<Flags> {
  const known = new Map<string, ReadonlySet<string>>();
  for (const name of commandNames()) {
    const command = await loadCommand(name);
    const all = isGroup(command) ? command.subcommands : [command];
    const flags = all.flatMap(({ options }) => Object.keys(options).map(flagOf));
    known.set(name, new Set(['json', 'help', ...flags]));
  }
  return known;
}

const two: Flags = new Map([['order', new Set(['pay', 'json'])]]);
const found = (text: string): string[] => badCommands({ path: 'README.md', text }, two);

test('a command that is there, with its flags, is fine', () => {
  expect(found('`npx refrain order tea-001:2 --pay pm_card_visa` `npx refrain <command> --help`')).toEqual(
    [],
  );
});

test('a command, a flag or a script that is not there is found', () => {
  expect(found('`npx refrain fly`')).toEqual(['README.md says npx refrain fly, which is no command']);
  expect(found('`npx refrain order --fast`')).toHaveLength(1);
  expect(found('npx refrain order a:1 --pay x `--fast`')).toEqual([]);
  expect(badScripts({ path: 'README.md', text: '`npm run fly` and `npm start`' }, { start: '' })).toEqual([
    'README.md says npm run fly, which package.json does not have',
  ]);
});

test('every command that the pages name is there', { timeout: 30_000 }, async () => {
  const known = await commands();
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  const wrong = pages().flatMap((page) => [...badCommands(page, known), ...badScripts(page, scripts)]);
  expect(wrong).toEqual([]);
});
