// What `npm test` runs: the checks that read the code, then the tests, a project after the other. With
// arguments, only vitest, for these.
import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import config from '../vitest.config.ts';
import { compileCacheOf, root } from './cli/paths.ts';

interface Ended {
  code: number;
  output: string;
}

const bin = join(root, 'node_modules', '.bin');
const env: NodeJS.ProcessEnv = {
  ...process.env,
  PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`,
  NO_COLOR: '1',
  ...compileCacheOf(root),
};
// npm and nx set it, and it would win over NO_COLOR.
delete env['FORCE_COLOR'];

const staticChecks = {
  format: ['biome', 'format', '--reporter=summary'],
  lint: ['oxlint'],
  types: ['tsc', '--noEmit', '-p', 'tsconfig.json'],
  // The page has a browser's types, which nothing else may lean on.
  'page types': ['tsc', '--noEmit', '-p', 'services/console/tsconfig.json'],
  'dead code': ['knip', '--no-progress', '--no-config-hints'],
} as const satisfies Record<string, readonly [string, ...string[]]>;

const closingLine = /^(\d+) passed, (\d+) failed, (\d+) skipped$/;

async function run(
  [command, ...args]: readonly [string, ...string[]],
  onLine?: (line: string) => void,
): Promise<Ended> {
  const child = spawn(command, args, { cwd: root, env, shell: process.platform === 'win32' });
  let output = '';
  let rest = '';
  const take = (chunk: Buffer): void => {
    output += chunk.toString();
    const lines = (rest + chunk.toString()).split('\n');
    rest = lines.pop() ?? '';
    if (onLine) lines.forEach(onLine);
  };
  child.stdout.on('data', take);
  child.stderr.on('data', take);
  return await new Promise((done) => {
    child.once('error', (error) => done({ code: 1, output: `${command} did not start: ${error.message}` }));
    child.once('close', (code) => {
      if (rest !== '') onLine?.(rest);
      done({ code: code ?? 1, output });
    });
  });
}

const secondsSince = (startedMs: number): string =>
  `${((performance.now() - startedMs) / 1000).toFixed(1)} s`;

async function checkStatically(name: string, command: readonly [string, ...string[]]): Promise<boolean> {
  const startedMs = performance.now();
  const { code, output } = await run(command);
  console.log(`${code === 0 ? 'passed' : 'FAILED'}  ${name.padEnd(10)}  ${secondsSince(startedMs)}`);
  if (code !== 0) console.log(`${output.trimEnd()}\n        again: npx ${command.join(' ')}\n`);
  return code === 0;
}

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

/** Passes vitest's output through, but for its closing line: one line counts all of it, and stands last. */
async function runVitest(args: readonly string[], count: Count): Promise<void> {
  // The last one counts: a test may have printed another.
  let closing: RegExpExecArray | null = null;
  const { code } = await run(['vitest', 'run', ...args], (line) => {
    const found = closingLine.exec(line);
    if (found) closing = found;
    else console.log(line);
  });
  const [passed, failed, skipped] = (closing ?? ['', 0, 0, 0]).slice(1).map(Number) as [
    number,
    number,
    number,
  ];
  count.passed += passed;
  count.skipped += skipped;
  // A vitest that broke off without counting, or that failed for another reason than a test, is a failure of
  // its own.
  count.failed += closing === null || (code !== 0 && failed === 0) ? failed + 1 : failed;
}

/** A vitest for each project: the shop and the brokers of one are gone when the next begins. */
const projects = (config.test?.projects ?? []) as readonly { test: { name: string } }[];
const oneByOne = projects.map(({ test }) => ['--project', test.name]);

const paths = process.argv.slice(2);
const checks = Object.entries(staticChecks);
const before =
  paths.length === 0
    ? await Promise.all(checks.map(([name, command]) => checkStatically(name, command)))
    : [];
const count = {
  passed: before.filter(Boolean).length,
  failed: before.filter((ok) => !ok).length,
  skipped: 0,
};
const startedMs = performance.now();
for (const args of paths.length === 0 ? oneByOne : [paths]) await runVitest(args, count);
console.log(`${count.failed === 0 ? 'passed' : 'FAILED'}  tests       ${secondsSince(startedMs)}`);
console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
process.exitCode = count.failed === 0 ? 0 : 1;
