import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findNatsServer } from '../../scripts/nats-server.mjs';
import { endProcess } from '../support/end-process.ts';

/** A nats-server of one run's own: a free port of 127.0.0.1, a store in a temporary folder. */
export interface PrivateBroker {
  readonly url: string;
  readonly pid: number;
  readonly version: string;
  /** Bytes of the files in its store. */
  bytes(): number;
  /** Ends the process, by its pid, and removes the store. */
  stop(): Promise<void>;
}

const START_MS_MAX = 10_000;
const STOP_MS_MAX = 5_000;

/** @throws with the end of its log when it does not start. */
export async function privateBroker(sync: 'default' | 'always'): Promise<PrivateBroker> {
  const { bin, version } = findNatsServer();
  const folder = mkdtempSync(join(tmpdir(), 'refrain-bench-'));
  const store = join(folder, 'store');
  const log = join(folder, 'log');
  const config = join(folder, 'nats.conf');
  const interval = sync === 'always' ? 'sync_interval: always' : '';
  writeFileSync(
    config,
    `listen: "127.0.0.1:-1"\nports_file_dir: "${folder}"\njetstream { store_dir: "${store}"\n${interval} }\n`,
  );
  const server = spawn(bin, ['--config', config, '--log', log], { stdio: 'ignore' });
  const killWithUs = (): boolean => server.kill('SIGKILL');
  process.once('exit', killWithUs);
  const stop = async (): Promise<void> => {
    process.off('exit', killWithUs);
    await endProcess(server, 'SIGTERM', STOP_MS_MAX);
    rmSync(folder, { recursive: true, force: true });
  };
  const pid = server.pid ?? 0;
  const url = await urlOf(join(folder, `nats-server_${pid}.ports`));
  if (url !== undefined) return { url, pid, version, bytes: () => bytesIn(store), stop };
  const said = existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(-5).join('\n') : 'nothing';
  await stop();
  throw new Error(`${bin} did not start. It said: ${said}`);
}

/** The server writes down where it listens once it does. */
async function urlOf(portsFile: string): Promise<string | undefined> {
  for (let waitedMs = 0; waitedMs < START_MS_MAX; waitedMs += 20) {
    const text = existsSync(portsFile) ? readFileSync(portsFile, 'utf8') : '';
    const url = /nats:\/\/[^"]+/.exec(text)?.[0];
    if (url !== undefined) return url;
    await sleep(20);
  }
  return undefined;
}

function bytesIn(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    // A file that the server removes between the two looks counts as nothing.
    if (entry.isFile())
      bytes += statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return bytes;
}
