import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, type ProcessIdentity, runs } from '../../scripts/cli/supervisor/process-identity.ts';
import { readRunFile } from '../../scripts/cli/supervisor/run-file.ts';
import { endProcess } from '../support/end-process.ts';
import { takePortBase } from '../support/port-base.ts';

/** Every process of a shop. `keeper` is the process of ours that holds nats-server. */
export const processNames = [
  'orders',
  'payments',
  'inventory',
  'notifications',
  'governor',
  'nats',
  'keeper',
  'psp',
  'mail',
  'supervisor',
] as const;
export type ProcessName = (typeof processNames)[number];

export interface KillableShop {
  readonly ordersUrl: string;
  readonly portBase: number;
  /** Waits until the process runs, and kills it with SIGKILL. A killed supervisor is started again. */
  kill(name: ProcessName): Promise<void>;
  /** Waits until the process of this name, as `ps` has it, runs, and sends it a signal. Gives its pid. */
  signal(name: string, signal: NodeJS.Signals): Promise<number>;
  /** Kills all of them in the same moment. */
  killTogether(names: readonly ProcessName[]): Promise<void>;
  /** Runs `refrain <args> --json` against this shop; any exit code is an answer. */
  refrain(...args: readonly string[]): Promise<{ code: number; document: unknown }>;
  /** Resolves when every process is ready. */
  ready(): Promise<void>;
  /** The end of what the supervisors said. */
  said(): string;
  /** Ends it, and takes its data away unless they are to be kept. */
  end(options?: { readonly keepData: boolean }): Promise<void>;
  readonly refrainData: string;
}

const root = resolve(import.meta.dirname, '../..');
const cli = join(root, 'scripts/refrain.mjs');
const readyMsMax = 90_000;
const endMsMax = 30_000;

/** A shop of its own, whose every process can be killed by name. `env`: settings of the shop. */
export async function startKillableShop(
  env: Readonly<Record<string, string>>,
  { flags = [], portBase: given }: { flags?: readonly string[]; portBase?: number } = {},
): Promise<KillableShop> {
  const refrainData = mkdtempSync(join(tmpdir(), 'refrain-kills-'));
  const portBase = given ?? (await takePortBase());
  const log = join(refrainData, 'up.log');
  const { NATS_URL: _url, STRIPE_API_KEY: _key, SMTP_URL: _smtp, ...rest } = process.env;
  const environment = { ...rest, ...env, REFRAIN_DATA: refrainData, NO_COLOR: '1' };
  let ending = false;
  let gaveUp = '';
  let supervisor = up();

  function up(): ChildProcess {
    const started = spawn(process.execPath, [cli, 'up', '--port-base', String(portBase), ...flags], {
      cwd: root,
      env: environment,
      stdio: ['ignore', openSync(log, 'a'), openSync(log, 'a')],
    });
    started.once('exit', (code, signal) => {
      // Only what was killed comes again: one that gives up by itself has a finding to tell.
      if (!ending && signal === 'SIGKILL') supervisor = up();
      else if (!ending) gaveUp = `The supervisor ended with ${code ?? signal}.`;
    });
    return started;
  }

  const find = (name: string): ProcessIdentity | undefined => {
    if (name === 'supervisor') return supervisor.pid === undefined ? undefined : identify(supervisor.pid);
    const run = readRunFile(refrainData);
    const entry = run?.processes.find((one) => one.name === (name === 'keeper' ? 'nats' : name));
    const found = name === 'keeper' ? entry?.keeper : entry;
    return found && runs(found) ? found : undefined;
  };
  const findRunning = async (name: string): Promise<ProcessIdentity> => {
    for (const giveUpAt = performance.now() + readyMsMax; performance.now() < giveUpAt; await sleep(20)) {
      const found = find(name);
      if (found) return found;
      if (gaveUp !== '') throw new Error(`${gaveUp}\n${shop.said()}`);
    }
    throw new Error(`${name} did not run again within ${readyMsMax} ms.`);
  };
  const killTogether = async (names: readonly ProcessName[]): Promise<void> => {
    const found = await Promise.all(names.map(findRunning));
    for (const { pid } of found) process.kill(pid, 'SIGKILL');
  };
  const shop: KillableShop = {
    portBase,
    ordersUrl: `http://127.0.0.1:${portBase + 10}`,
    kill: async (name) => await killTogether([name]),
    signal: async (name, signal) => {
      const { pid } = await findRunning(name);
      process.kill(pid, signal);
      return pid;
    },
    killTogether,
    refrain: async (...args) => await runRefrain(args, environment),
    ready: async () => {
      for (const giveUpAt = performance.now() + readyMsMax; performance.now() < giveUpAt; await sleep(100)) {
        const run = readRunFile(refrainData);
        if (gaveUp !== '') throw new Error(`${gaveUp}\n${shop.said()}`);
        if (!run || run.supervisor.pid !== supervisor.pid) continue; // of the one that was killed
        if (run.processes.every((one) => one.status === 'ready' && runs(one))) return;
      }
      throw new Error(`The shop was not ready within ${readyMsMax} ms.\n${shop.said()}`);
    },
    said: () => readFileSync(log, 'utf8').split('\n').slice(-60).join('\n'),
    end: async ({ keepData } = { keepData: false }) => {
      ending = true;
      await endProcess(supervisor, 'SIGINT', endMsMax);
      if (!keepData) rmSync(refrainData, { recursive: true, force: true });
    },
    refrainData,
  };
  return shop;
}

async function runRefrain(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ code: number; document: unknown }> {
  return await new Promise((done) => {
    execFile(
      process.execPath,
      [cli, ...args, '--json'],
      { cwd: root, env, maxBuffer: 2 ** 28 },
      (error, stdout) => {
        const document: unknown = stdout === '' ? undefined : JSON.parse(stdout);
        done({ code: Number(error?.code ?? 0), document });
      },
    );
  });
}
