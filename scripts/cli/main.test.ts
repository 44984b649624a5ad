import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { refrain as runRefrain } from './refrain.fixture.ts';
import { commandNames, loadCommand } from './registry.ts';
import { isGroup } from './subcommands.ts';

let env: NodeJS.ProcessEnv;
let made: string;
beforeEach(() => {
  made = mkdtempSync(join(tmpdir(), 'refrain-main-'));
  env = { REFRAIN_DATA: made };
});
// Only what was made here, whatever a test has put into the environment.
afterEach(() => rmSync(made, { recursive: true, force: true }));

const refrain = (...argv: string[]) => runRefrain(argv, env);

describe('wrong usage is one line and exit code 2', () => {
  test.each([
    [['frob'], 'unknown command "frob", expected one of up, ps, restart, order, demo'],
    [['--frob'], 'unknown flag --frob before the command'],
    [['ps', '--frob'], 'unknown flag --frob, expected one of --json, --help'],
    [['ps', 'orders'], 'expected flags only, found also "orders"'],
    [['demo', '--orders', 'many'], '--orders: expected a whole number from 1 to 1000000, found "many"'],
    [['demo', '--orders'], '--orders expects N, found nothing'],
    [['demo', '--orders', '--seed', '1'], '--orders expects N, found nothing'],
    [['demo', '--seed', '1', '--seed', '2'], '--seed: expected once, found 2 times'],
    [['order'], 'expected <sku:qty…>, found nothing'],
    [['restart'], 'expected <process…>, found nothing'],
    [['retries'], 'refrain retries: expected <ls|show|now|cancel>'],
    [['retries', 'frob'], 'expected <ls|show|now|cancel>, found "frob"'],
    [['retries', 'now', 'op'], '--why expects the reason, found nothing'],
    [['dead-letters', 'redrive', '--dry-run'], 'expected one of <id…>, all, --group and --flow'],
    [['dead-letters', 'redrive', 'a', 'all', '--why', 'x'], 'expected one of <id…>, all, --group and --flow'],
    [['verdict', 'op', 'perhaps'], 'expected happened or not-happened, found "perhaps"'],
    [['order', 'tea-001', 'x:y:1'], 'expected <sku:qty…> as in tea-001:2, found "tea-001", "x:y:1"'],
    [['order', 'tea-001:1', '--key='], '--key: expected a value, found an empty one'],
    [['up', '--fresh=yes'], '--fresh takes no value, found "yes"'],
    [['up', '--nodes', '2'], '--nodes: expected 1 or 3, found 2'],
    [['up', '--instances', 'console=2'], '--instances: unknown name "console"'],
    [['audit', '--snapshots', 'some'], '--snapshots: expected all, found "some". Nothing'],
    [['config', '--port-base', '80'], '--port-base: expected a whole number from 1024 to 65500, found "80"'],
  ])('%j', async (argv, said) => {
    const { code, out, err } = await refrain(...argv);
    expect(err).toContain(said);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
    expect(err).toMatch(/Nothing was (done|started|ordered)\.$/m);
    expect(err.match(/Nothing was/g)).toHaveLength(1);
    expect({ code, out }).toEqual({ code: 2, out: '' });
  });

  test('names everything at once', async () => {
    const { err } = await refrain('demo', '--rate', '0', '--frob', 'x');
    for (const part of ['--rate: expected', 'unknown flag --frob', 'found also "x"'])
      expect(err).toContain(part);
  });
});

test('where no shop runs, commands that need one say so with exit code 3', async () => {
  const words = [
    ['retries', 'ls'],
    ['dead-letters', 'ls'],
    ['verdict', 'op', 'happened', '--why', 'x'],
    ['why', 'op'],
  ];
  for (const argv of [
    ['ps'],
    ['order', 'tea-001:1'],
    ['demo'],
    ['repair'],
    ['restart', 'orders'],
    ...words,
  ]) {
    const { code, out, err } = await refrain(...argv);
    expect(err).toContain(`RF_UNREACHABLE: The shop was not reached at ${env['REFRAIN_DATA']}`);
    expect(err).toContain('no shop was started with this folder (REFRAIN_DATA names another)');
    expect({ code, out }).toEqual({ code: 3, out: '' });
  }
});

test('under --json an error is one document, too', async () => {
  const { code, out } = await refrain('ps', '--json');
  expect(JSON.parse(out)).toMatchObject({ error: { code: 'RF_UNREACHABLE', exit: 3 } });
  expect(code).toBe(3);
  expect(JSON.parse((await refrain('frob', '--json')).out)).toMatchObject({ error: { exit: 2 } });
});

test('an error says of what kind it is, always in one shape', async () => {
  const kinds = [['ps'], ['frob'], ['order']].map(async (argv) => {
    const { error } = JSON.parse((await refrain(...argv, '--json')).out) as { error: { code: string } };
    return error.code;
  });
  expect(await Promise.all(kinds)).toEqual(['RF_UNREACHABLE', 'USAGE', 'USAGE']);
});

test('it tells its version, and help is help', async () => {
  expect((await refrain('--version')).out).toMatch(/^refrain \d+\.\d+\.\d+\n$/);
  expect(await refrain('help')).toEqual(await refrain('--help'));
  expect(await refrain('help', 'ps')).toEqual(await refrain('ps', '--help'));
});

test('a command that reads does not mind values that it does not use', async () => {
  env['LOG_LEVEL'] = 'loud';
  expect((await refrain('ps')).err).toContain('RF_UNREACHABLE');
});

test('every command explains itself, and its name is its file’s', async () => {
  for (const name of commandNames()) {
    const command = await loadCommand(name);
    expect(command.name).toBe(name);
    const { code, out } = await refrain(name, '--help');
    expect(code).toBe(0);
    expect(out).toContain(`Usage: refrain ${name}`);
    expect(out).toContain(command.summary);
    expect(out).toContain('--json');
    expect(JSON.parse((await refrain(name, '--help', '--json')).out)).toHaveProperty('help');
  }
});

test('a command that is several explains each of them', async () => {
  for (const name of commandNames()) {
    const group = await loadCommand(name);
    if (!isGroup(group)) continue;
    for (const sub of group.subcommands) {
      const { code, out } = await refrain(...sub.name.split(' '), '--help');
      expect({ code, usage: out.startsWith(`Usage: refrain ${sub.name}`) }).toEqual({ code: 0, usage: true });
      expect((await refrain(name, '--help')).out).toContain(sub.summary);
    }
  }
});

test('without a command the overview stands there, and nothing was asked for', async () => {
  const asked = await refrain('--help');
  expect(asked.code).toBe(0);
  for (const name of commandNames()) expect(asked.out).toContain(`  ${name} `);
  expect((await refrain()).code).toBe(2);
  expect(JSON.parse((await refrain('--json')).out)).toHaveProperty('commands');
});

test('config prints each value with its source', async () => {
  env['LOG_LEVEL'] = 'debug';
  const { code, out } = await refrain('config', '--json', '--port-base', '5000');
  expect(code).toBe(0);
  const entries = JSON.parse(out) as { name: string }[];
  expect(entries).toContainEqual({ name: 'LOG_LEVEL', value: 'debug', source: 'environment' });
  expect(entries).toContainEqual({ name: '--port-base', value: '5000', source: 'flag' });
});
