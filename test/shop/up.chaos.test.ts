import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { serviceNames } from '../../scripts/cli/supervisor/found-services.ts';
import { pidOf } from '../support/signal.ts';

interface Listed {
  name: string;
  pid: number;
  url: string;
  status: string;
}

/** As run.json has it. */
interface Noted extends Listed {
  restarts?: number;
}

const root = resolve(import.meta.dirname, '../..');
const cli = join(root, 'scripts/refrain.mjs');
const names = ['supervisor', 'nats', 'psp', 'mail', 'governor', ...serviceNames, 'console'];
/** Below the ports that the system hands out by itself, and away from the shops that other tests start. */
const portBase = 28_500 + (process.pid % 40) * 50;
const startMsMax = 60_000;

let refrainData: string;
let started: ChildProcess[];

beforeEach(() => {
  refrainData = mkdtempSync(join(tmpdir(), 'refrain-up-'));
  started = [];
});
afterEach(async () => {
  for (const supervisor of started) supervisor.kill('SIGKILL');
  for (let waited = 0; processesOf().length > 0 && waited < 20_000; waited += 100) await sleep(100);
  rmSync(refrainData, { recursive: true, force: true });
});

const environment = (): NodeJS.ProcessEnv => {
  const { NATS_URL: _url, STRIPE_API_KEY: _key, SMTP_URL: _smtp, ...rest } = process.env;
  return { ...rest, REFRAIN_DATA: refrainData, NO_COLOR: '1' };
};

/** Every process that was started for this folder, by what the system itself knows of it. */
function processesOf(): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      const own = Number(pid) !== process.pid && !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
      return (
        own &&
        ['environ', 'cmdline'].some((file) =>
          readFileSync(`/proc/${pid}/${file}`, 'utf8').includes(refrainData),
        )
      );
    } catch {
      return false;
    }
  });
}

async function refrain(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return await new Promise((done) => {
    execFile(process.execPath, [cli, ...args], { cwd: root, env: environment() }, (error, out, err) =>
      done({ code: Number(error?.code ?? 0), out, err }),
    );
  });
}

/** Starts the shop and waits until it says what to type next. */
async function up(...flags: string[]): Promise<{ supervisor: ChildProcess; said: () => string }> {
  const supervisor = spawn(process.execPath, [cli, 'up', '--port-base', String(portBase), ...flags], {
    cwd: root,
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  started.push(supervisor);
  let said = '';
  for (const stream of [supervisor.stdout, supervisor.stderr])
    stream?.on('data', (chunk) => (said += String(chunk)));
  const giveUpAt = performance.now() + startMsMax;
  while (!said.includes('Ctrl-C ends it.')) {
    if (supervisor.exitCode !== null || performance.now() > giveUpAt)
      throw new Error(`It did not come up.\n${said}`);
    await sleep(50);
  }
  return { supervisor, said: () => said };
}

const list = async (): Promise<Listed[]> => JSON.parse((await refrain('ps', '--json')).out) as Listed[];

async function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.exitCode;
}

test('starts the whole shop, lists it, refuses a second one, and Ctrl-C leaves no process', async () => {
  const { supervisor, said } = await up();
  const listed = await list();
  expect(listed.map(({ name, status }) => [name, status])).toEqual(names.map((name) => [name, 'ready']));
  expect(listed[0]?.pid).toBe(supervisor.pid);
  // Another terminal does not have the variable of this one.
  const next = ['order tea-001:2', 'demo'].map((words) => `REFRAIN_DATA=${refrainData} npx refrain ${words}`);
  for (const part of [...next, ...names]) expect(said()).toContain(part);
  for (const secret of readdirSync(join(refrainData, 'secrets'))) {
    expect(statSync(join(refrainData, 'secrets', secret)).mode & 0o777).toBe(0o600);
  }

  const second = await refrain('up', '--port-base', String(portBase));
  expect(second.err).toContain(`its supervisor is pid ${supervisor.pid}`);
  expect(second.code).toBe(2);

  await comesBack('payments');
  await startsAnew('payments', 'inventory', 'orders');

  supervisor.kill('SIGINT');
  expect(await exitOf(supervisor)).toBe(0);
  expect(processesOf()).toEqual([]);
  expect((await refrain('ps')).code).toBe(3);
});

/** Kills a service, and waits until `ps` tells that another process is ready in its place. */
async function comesBack(service: string): Promise<void> {
  const found = async (): Promise<Listed | undefined> => (await list()).find(({ name }) => name === service);
  const before = await found();
  process.kill(pidOf(before), 'SIGKILL');
  await vi.waitFor(
    async () => {
      const now = await found();
      expect(now?.status).toBe('ready');
      expect(now?.pid).not.toBe(before?.pid);
    },
    { timeout: 20_000, interval: 250 },
  );
}

/** Restarts them while orders are placed: nothing is lost or done twice, and nobody calls it a crash. */
async function startsAnew(...processes: readonly string[]): Promise<void> {
  const found = () => {
    const run = JSON.parse(readFileSync(join(refrainData, 'run.json'), 'utf8')) as { processes: Noted[] };
    return run.processes.filter(({ name }) => processes.includes(name));
  };
  const before = found();
  const demo = refrain('demo', '--orders', '90', '--rate', '15');
  await sleep(1_000);
  const { code, out, err } = await refrain('restart', ...processes, '--json');
  expect([code, err]).toEqual([0, '']);
  const now = found();
  expect(JSON.parse(out)).toEqual({
    restarted: ['payments', 'inventory', 'orders'].map((name) =>
      expect.objectContaining({ name, outcome: 'ready', pid: now.find((one) => one.name === name)?.pid }),
    ),
    left: [],
    others: [],
  });
  for (const [place, { name, pid, status, restarts }] of now.entries()) {
    expect([name, status, restarts]).toEqual([name, 'ready', before[place]?.restarts]);
    expect(pid).not.toBe(before[place]?.pid);
  }
  // On a busy machine its own audit, at its end, may find orders restarting: 3.
  expect([0, 3]).toContain((await demo).code);
  const audited = await refrain('audit', '--settled');
  expect(audited).toMatchObject({ code: 0, out: expect.stringContaining('0 violations') });
  expect(audited.out).toContain('audited 90 orders');
}

test('kill -9 of the supervisor leaves no process; a broker whose keeper dies too is ended by the next start', async () => {
  const first = await up();
  first.supervisor.kill('SIGKILL');
  await vi.waitFor(() => expect(processesOf()).toEqual([]), { timeout: 15_000, interval: 100 });

  const { supervisor } = await up();
  const before = await list();
  expect(before.every(({ status }) => status === 'ready')).toBe(true);
  const run = JSON.parse(readFileSync(join(refrainData, 'run.json'), 'utf8')) as {
    processes: (Listed & { keeper?: { pid: number } })[];
  };
  const nats = run.processes.find(({ name }) => name === 'nats');
  supervisor.kill('SIGKILL');
  process.kill(pidOf(nats?.keeper), 'SIGKILL');
  await sleep(500);

  const { said } = await up();
  expect(said()).toMatch(new RegExp(`ended what a dead run had left: .*nats \\(pid ${nats?.pid}\\)`));
  const now = (await list()).find(({ name }) => name === 'nats');
  expect(now?.pid).not.toBe(nats?.pid);
});
