import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ProcessSpec } from './child-process.ts';
import { claimRestart } from './restart-claim.ts';
import { identify, runs } from './process-identity.ts';
import { readRunFile } from './run-file.ts';
import { createSupervisor, type Supervisor } from './supervisor.ts';
import { createTerminal } from './terminal.ts';

// Processes take their time on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

let dataFolder: string;
let supervisor: Supervisor | undefined;
let said: string;

beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'refrain-supervisor-'));
  said = '';
});
afterEach(async () => {
  supervisor?.kill();
  await sleep(50);
  rmSync(dataFolder, { recursive: true, force: true });
});

const child = (name: string, ...args: string[]): ProcessSpec => ({
  name,
  stage: name === 'psp' ? 'sandbox' : 'service',
  entry: fileURLToPath(new URL('./stand-ins/child.ts', import.meta.url)),
  args,
  env: { REFRAIN_INSTANCE: name },
  ports: {},
  graceMs: 700,
});

function supervise(specs: readonly ProcessSpec[], renewed?: (spec: ProcessSpec) => ProcessSpec): Supervisor {
  const about = {
    version: 1 as const,
    supervisor: identify(process.pid),
    startedAt: '2026-01-01T00:00:00.000Z',
    natsUrl: 'nats://127.0.0.1:1',
    portBase: 4000,
    ports: {},
    credentialsFolder: join(dataFolder, 'secrets'),
  };
  const terminal = createTerminal({ write: (text) => (said += text), colour: false });
  supervisor = createSupervisor({ dataFolder, specs, about, terminal, ...(renewed && { renewed }) });
  return supervisor;
}

const entryOf = (name: string) => {
  const entry = readRunFile(dataFolder)?.processes.find((process) => process.name === name);
  if (!entry) throw new Error(`run.json has no ${name}`);
  return entry;
};

test('starts children, writes them into run.json, shows and keeps what they say, and ends them', async () => {
  const shop = supervise([child('psp'), child('orders'), child('payments-2')]);
  await shop.start();
  const entries = ['psp', 'orders', 'payments-2'].map(entryOf);
  expect(entries.map(({ status }) => status)).toEqual(['ready', 'ready', 'ready']);
  expect(entries.map(runs)).toEqual([true, true, true]);
  expect(entryOf('supervisor').pid).toBe(process.pid);
  await vi.waitFor(() => expect(said).toMatch(/^payments-2 {5}\| here/m));
  expect(readFileSync(join(dataFolder, 'logs', 'payments-2.log'), 'utf8')).toContain(
    '"instance":"payments-2"',
  );
  await shop.stop();
  expect(entries.map(runs)).toEqual([false, false, false]);
  expect(entryOf('orders').status).toBe('stopped');
});

test('starts a child that dies again, after a growing pause that it names', async () => {
  void supervise([child('orders', 'dies')]).start();
  await vi.waitFor(() => expect(said.match(/orders ended/g)?.length).toBeGreaterThanOrEqual(3), 10_000);
  expect(said).toContain('orders ended (code 3), starting it again in 0.2 s');
  expect(said).toContain('orders ended (code 3), starting it again in 0.4 s');
  expect(said).toContain('orders ended (code 3), starting it again in 0.8 s');
  expect(entryOf('orders').status).toBe('restarting');
});

test('a child killed from outside is back under another pid', async () => {
  const shop = supervise([child('orders'), child('psp')]);
  await shop.start();
  const before = entryOf('orders');
  process.kill(before.pid, 'SIGKILL');
  await vi.waitFor(() => {
    expect(entryOf('orders').status).toBe('ready');
    expect(entryOf('orders').pid).not.toBe(before.pid);
  }, 10_000);
  expect(said).toContain('orders ended (SIGKILL)');
  await shop.stop();
});

test('a child whose end is asked for is no crash, and waits until it is let start', async () => {
  const shop = supervise([child('orders'), child('psp')]);
  await shop.start();
  const before = entryOf('orders');
  const claim = claimRestart(dataFolder);
  claim.keepDown(['orders']);
  process.kill(before.pid, 'SIGTERM');
  await vi.waitFor(() => expect(entryOf('orders').status).toBe('restarting'), 10_000);
  await sleep(500);
  expect(entryOf('orders')).toMatchObject({ pid: before.pid, status: 'restarting' });
  claim.keepDown([]);
  await vi.waitFor(() => expect(entryOf('orders').status).toBe('ready'), 10_000);
  expect(entryOf('orders').pid).not.toBe(before.pid);
  expect(entryOf('orders').restarts).toBeUndefined();
  expect(said).not.toContain('starting it again');
  claim.release();
  await shop.stop();
});

test('what is left of a pause is not waited for when a child is started anew', async () => {
  const shop = supervise([child('orders', 'dies')]);
  void shop.start();
  await vi.waitFor(() => expect(said).toContain('again in 1.6 s'), 15_000);
  const { pid } = entryOf('orders');
  const claim = claimRestart(dataFolder);
  claim.keepDown(['orders']);
  await sleep(100);
  claim.release();
  await vi.waitFor(() => expect(entryOf('orders').pid).not.toBe(pid), 1_000);
  await shop.stop();
});

test('a child is started as it is to be now', async () => {
  let level = 'info';
  const renewed = (spec: ProcessSpec) => ({ ...spec, env: { ...spec.env, [`LEVEL_${level}`]: '1' } });
  const shop = supervise([child('orders')], renewed);
  await shop.start();
  level = 'debug';
  process.kill(entryOf('orders').pid, 'SIGKILL');
  const log = join(dataFolder, 'logs', 'orders.log');
  await vi.waitFor(() => expect(readFileSync(log, 'utf8')).toContain('LEVEL_debug'), 10_000);
  await shop.stop();
});

test('kills what does not end in its time, and says so', async () => {
  const shop = supervise([child('orders', 'stubborn')]);
  await shop.start();
  const entry = entryOf('orders');
  await shop.stop();
  expect(runs(entry)).toBe(false);
  expect(said).toContain('orders did not end within 0.7 s, it was killed');
});

test('kills all at once when it is told to', async () => {
  const shop = supervise([child('orders', 'stubborn'), child('psp', 'stubborn')]);
  await shop.start();
  const entries = [entryOf('orders'), entryOf('psp')];
  shop.kill();
  await vi.waitFor(() => expect(entries.map(runs)).toEqual([false, false]), 2_000);
});

test('a child gets only what it needs of the environment', async () => {
  process.env['STRIPE_API_KEY'] = 'sk_test_of_the_shell';
  try {
    const shop = supervise([child('orders')]);
    await shop.start();
    await shop.stop();
  } finally {
    delete process.env['STRIPE_API_KEY'];
  }
  const keys = (
    JSON.parse(readFileSync(join(dataFolder, 'logs', 'orders.log'), 'utf8')) as { keys: string }
  ).keys.split(' ');
  expect(keys).toContain('REFRAIN_INSTANCE');
  expect(keys).not.toContain('STRIPE_API_KEY');
});

test('ends while a child that never gets ready is still being started', async () => {
  const shop = supervise([child('psp', 'dies'), child('orders')]);
  const started = shop.start();
  await vi.waitFor(() => expect(said).toContain('psp ended'), 5_000);
  await shop.stop();
  await started;
  expect(entryOf('orders').pid).toBe(0);
});
