import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findNatsServer } from '../../scripts/nats-server.mjs';
import { endProcess } from './end-process.ts';

export interface TestNats {
  url: string;
  bin: string;
  pid: number;
  stop: () => Promise<void>;
}

const startMsMax = 10_000;
const stopMsMax = 5_000;

/**
 * A server on a free port of 127.0.0.1 with its store in a temporary folder. Never the one NATS_URL names.
 */
export async function startNats(): Promise<TestNats> {
  const { bin } = findNatsServer();
  const folder = await mkdtemp(join(tmpdir(), 'refrain-nats-'));
  const store = ['--jetstream', '--store_dir', join(folder, 'store')];
  const address = ['--addr', '127.0.0.1', '--port', '-1', '--ports_file_dir', folder];
  const server = spawn(bin, [...store, ...address, '--log', join(folder, 'log')], { stdio: 'ignore' });
  // A run that is broken off ends without the teardown.
  const killWithUs = (): boolean => server.kill('SIGKILL');
  process.once('exit', killWithUs);
  const stop = async (): Promise<void> => {
    process.off('exit', killWithUs);
    await endProcess(server, 'SIGTERM', stopMsMax);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const pid = server.pid ?? 0;
    return { url: await urlFrom(join(folder, `nats-server_${pid}.ports`), server), bin, pid, stop };
  } catch (error) {
    const log = join(folder, 'log');
    const said = existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(-5).join('\n') : '';
    await stop();
    throw new Error(`${bin} did not start.\n${said}`, { cause: error });
  }
}

async function urlFrom(portsFile: string, server: ChildProcess): Promise<string> {
  for (let waitedMs = 0; waitedMs < startMsMax; waitedMs += 20) {
    if (server.exitCode !== null) throw new Error(`It ended with code ${server.exitCode}.`);
    const url = existsSync(portsFile)
      ? /nats:\/\/[^"]+/.exec(readFileSync(portsFile, 'utf8'))?.[0]
      : undefined;
    if (url) return url;
    await sleep(20);
  }
  throw new Error(`It named no port within ${startMsMax} ms.`);
}
