import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, inject, test, vi } from 'vitest';
import '../../../test/support/provided.ts';
import { endLeftovers } from './leftovers.ts';
import { identify, runs, signal } from './process-identity.ts';
import { type RunFile, readRunFile, verified } from './run-file.ts';
import { pidOf } from '../../../test/support/signal.ts';

// Processes take their time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

let dataFolder: string;
let supervisors: ChildProcess[];

beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'refrain-keeper-'));
  supervisors = [];
});
afterEach(async () => {
  for (const supervisor of supervisors) supervisor.kill('SIGKILL');
  const run = readRunFile(dataFolder);
  if (run) await endLeftovers(run);
  rmSync(dataFolder, { recursive: true, force: true });
});

async function start(mode = 'good'): Promise<{ supervisor: ChildProcess; run: RunFile }> {
  const port = await freePort();
  const config = join(dataFolder, 'nats.conf');
  writeFileSync(
    config,
    `listen: "127.0.0.1:${port}"\njetstream { store_dir: ${JSON.stringify(join(dataFolder, 'store'))} }\n`,
  );
  const args = [dataFolder, inject('natsServerBin'), config, `nats://127.0.0.1:${port}`, mode];
  const supervisor = fork(new URL('./stand-ins/supervisor.ts', import.meta.url), args, { silent: true });
  supervisors.push(supervisor);
  await once(supervisor, 'message');
  return { supervisor, run: current() };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}

function current(): RunFile {
  const run = readRunFile(dataFolder);
  if (!run) throw new Error('there is no run.json');
  return run;
}

/** Every process of the run, keepers too, that is alive. */
const alive = (run: RunFile) =>
  run.processes.flatMap((entry) => [entry, ...(entry.keeper ? [entry.keeper] : [])]).filter(runs);

test('nats is listed by the pid of the server itself and has a log of its own', async () => {
  const { run } = await start();
  expect(verified(run).map(({ name, status }) => [name, status])).toEqual([
    ['supervisor', 'ready'],
    ['nats', 'ready'],
    ['orders', 'ready'],
  ]);
  expect(alive(run)).toHaveLength(4);
  const nats = run.processes.find(({ name }) => name === 'nats');
  expect(readFileSync(`/proc/${nats?.pid}/comm`, 'utf8').trim()).toBe('nats-server');
  expect(readFileSync(join(dataFolder, 'logs', 'nats.log'), 'utf8')).toContain('Server is ready');
});

test('Ctrl-C leaves no process', async () => {
  const { supervisor, run } = await start();
  supervisor.kill('SIGINT');
  const [code] = (await once(supervisor, 'exit')) as [number];
  expect(code).toBe(0);
  expect(alive(run)).toEqual([]);
  expect(existsSync(join(dataFolder, 'supervisor.json'))).toBe(false);
});

test('kill -9 of the supervisor leaves no process', async () => {
  const { supervisor, run } = await start();
  supervisor.kill('SIGKILL');
  await vi.waitFor(() => expect(alive(run)).toEqual([]), 10_000);
});

test('kill -9 of the supervisor leaves not even a child that ends for nobody', async () => {
  const { supervisor, run } = await start('stubborn');
  supervisor.kill('SIGKILL');
  await vi.waitFor(() => expect(alive(run)).toEqual([]), { timeout: 15_000, interval: 100 });
});

test('a nats-server that is killed is started again', async () => {
  const { run } = await start();
  const before = run.processes.find(({ name }) => name === 'nats');
  process.kill(pidOf(before), 'SIGKILL');
  await vi.waitFor(() => {
    const now = current().processes.find(({ name }) => name === 'nats');
    expect(now?.status).toBe('ready');
    expect(now?.pid).not.toBe(before?.pid);
  }, 10_000);
});

test('a keeper that is killed takes no server into the next start', async () => {
  const { run } = await start();
  const before = run.processes.find(({ name }) => name === 'nats');
  process.kill(pidOf(before?.keeper), 'SIGKILL');
  await vi.waitFor(() => {
    const now = current().processes.find(({ name }) => name === 'nats');
    expect(now?.status).toBe('ready');
    expect(now?.keeper?.pid).not.toBe(before?.keeper?.pid);
  }, 15_000);
  expect(before && runs(before)).toBe(false);
});

test('when supervisor and keeper are killed at once, the next start ends the server they left', async () => {
  const { supervisor, run } = await start();
  const nats = run.processes.find(({ name }) => name === 'nats');
  supervisor.kill('SIGKILL');
  process.kill(pidOf(nats?.keeper), 'SIGKILL');
  await once(supervisor, 'exit');
  expect(nats && runs(nats)).toBe(true);
  const ended = await endLeftovers(current());
  expect(ended).toContain(`nats (pid ${nats?.pid})`);
  expect(alive(run)).toEqual([]);
});

test('a process that only has the number of one that was left is not touched', () => {
  const myself = identify(process.pid);
  signal({ ...myself, startTime: '1' }, 'SIGKILL');
  expect(runs(myself)).toBe(true);
});
