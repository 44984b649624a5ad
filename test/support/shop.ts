import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { openSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compileCacheOf } from '../../scripts/cli/paths.ts';
import { asItSays } from '../../scripts/cli/ready.ts';
import { readRunFile, type RunningProcess, verified } from '../../scripts/cli/supervisor/run-file.ts';
import { endProcess } from './end-process.ts';
import { endWithUs } from './end-with-us.ts';
import { takePortBase } from './port-base.ts';
import type { SharedShop } from './provided.ts';

export type ShopProcess = Pick<RunningProcess, 'name' | 'pid' | 'url' | 'status'>;

export interface TestShop {
  refrainData: string;
  portBase: number;
  /** Runs `refrain <args> --json` against this shop; any exit code is an answer. */
  refrain(...args: readonly string[]): Promise<{ code: number; document: unknown }>;
  /** With what the same would run: for `typed`. */
  env: NodeJS.ProcessEnv;
  /** As `refrain ps` lists them, without a process for each question; none where no shop runs. */
  processes(): Promise<ShopProcess[]>;
  /** Ends all of it as Ctrl-C would, does `meanwhile`, and starts it again on the same data. */
  restart: (meanwhile: () => void | Promise<void>) => Promise<void>;
  /** Ends the supervisor as Ctrl-C would and takes the data away. */
  stop: () => Promise<void>;
}

const root = resolve(import.meta.dirname, '../..');
const cliOf = (tree: string): string => join(tree, 'scripts/refrain.mjs');
const startMsMax = 60_000;
const stopMsMax = 15_000;

/**
 * Starts the whole shop as a user would, on ports and data of its own. Ready means: every process says so.
 */
export async function startShop(...flags: readonly string[]): Promise<TestShop> {
  return await startShopWith({}, ...flags);
}

/** The same with settings, which win over those that a test takes out of the developer's shell. */
export async function startShopWith(
  settings: Readonly<Record<string, string>>,
  ...flags: readonly string[]
): Promise<TestShop> {
  return await startShopOf(root, settings, ...flags);
}

/** The same from another tree than this one. */
export async function startShopOf(
  tree: string,
  settings: Readonly<Record<string, string>>,
  ...flags: readonly string[]
): Promise<TestShop> {
  const cli = cliOf(tree);
  const refrainData = await mkdtemp(join(tmpdir(), 'refrain-shop-'));
  const portBase = await takePortBase();
  const env = { ...environmentOf(refrainData), ...compileCacheOf(tree), ...settings };
  const log = join(refrainData, 'up.log');
  const start = (...args: readonly string[]): ChildProcess =>
    endWithUs(
      spawn(process.execPath, [cli, 'up', '--port-base', String(portBase), ...args], {
        cwd: tree,
        env,
        stdio: ['ignore', openSync(log, 'a'), openSync(log, 'a')],
      }),
    );
  let up = start(...flags);
  const shop: TestShop = {
    refrainData,
    portBase,
    refrain: async (...args) => await run(tree, [...args, '--json'], env),
    env,
    processes: () => processesIn(refrainData),
    restart: async (meanwhile) => {
      await endProcess(up, 'SIGINT', stopMsMax);
      await meanwhile();
      up = start(...flags.filter((flag) => flag !== '--fresh'));
      await untilReady(shop, up);
    },
    stop: async () => {
      await endProcess(up, 'SIGINT', stopMsMax);
      rmSync(refrainData, { recursive: true, force: true });
    },
  };
  try {
    await untilReady(shop, up);
    return shop;
  } catch (error) {
    const said = readFileSync(log, 'utf8').split('\n').slice(-30).join('\n');
    await shop.stop();
    throw new Error(`The shop did not come up.\n${said}`, { cause: error });
  }
}

/** The shop of this run, seen from a test: `attachShop(inject('shop'))`. */
export function attachShop(shared: SharedShop): Omit<TestShop, 'restart' | 'stop'> {
  if ('problem' in shared) throw new Error(shared.problem);
  const env = environmentOf(shared.refrainData);
  return {
    ...shared,
    refrain: async (...args) => await run(root, [...args, '--json'], env),
    env,
    processes: () => processesIn(shared.refrainData),
  };
}

/** Neither a server nor keys of the developer's shell may reach a shop under test. */
function environmentOf(refrainData: string): NodeJS.ProcessEnv {
  const {
    NATS_URL: _url,
    STRIPE_API_KEY: _key,
    SMTP_URL: _mail,
    ORDER_DEADLINE_S: _deadline,
    CONSOLE_HOST: _host,
    CONSOLE_READ_ONLY: _readOnly,
    CONSOLE_TOKEN: _token,
    ...rest
  } = process.env;
  return { ...rest, REFRAIN_DATA: refrainData, NO_COLOR: '1' };
}

async function run(
  tree: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<{ code: number; document: unknown }> {
  const { code, stdout, stderr } = await new Promise<{ code: number; stdout: string; stderr: string }>(
    (done) => {
      execFile(
        process.execPath,
        [cliOf(tree), ...args],
        { cwd: tree, env, maxBuffer: 2 ** 28 },
        (error, out, err) => done({ code: Number(error?.code ?? 0), stdout: out, stderr: err }),
      );
    },
  );
  try {
    return { code, document: stdout === '' ? undefined : JSON.parse(stdout) };
  } catch (cause) {
    const said = `${stdout}\n${stderr}`;
    throw new Error(`refrain ${args.join(' ')} printed something else than one document.\n${said}`, {
      cause,
    });
  }
}

async function processesIn(refrainData: string): Promise<ShopProcess[]> {
  const running = readRunFile(refrainData);
  return running ? await Promise.all(verified(running).map((entry) => asItSays(entry))) : [];
}

async function untilReady(
  shop: Pick<TestShop, 'refrainData' | 'processes'>,
  up: ChildProcess,
): Promise<void> {
  const giveUpAt = performance.now() + startMsMax;
  while (performance.now() < giveUpAt) {
    if (up.exitCode !== null) throw new Error(`The supervisor ended with code ${up.exitCode}.`);
    const isOurs = readRunFile(shop.refrainData)?.supervisor.pid === up.pid;
    if (isOurs && (await shop.processes()).every(({ status }) => status === 'ready')) return;
    await sleep(50);
  }
  throw new Error(`It was not ready within ${startMsMax} ms.`);
}
