import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import '../../../test/support/provided.ts';

let dataFolder: string;
let keeper: ChildProcess | undefined;

beforeEach(() => {
  dataFolder = mkdtempSync(join(tmpdir(), 'refrain-alone-'));
});
afterEach(() => {
  keeper?.kill('SIGKILL');
  for (const pid of serversOf()) process.kill(pid, 'SIGKILL');
  rmSync(dataFolder, { recursive: true, force: true });
});

/** The servers that were started with this folder's configuration. */
const serversOf = (): number[] =>
  readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid) && commandOf(pid).includes(join(dataFolder, 'nats.conf')))
    .map(Number)
    .filter((pid) => pid !== keeper?.pid);

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return ''; // it has ended
  }
}

test.each([0, 50, 100, 200, 400])(
  'leaves no server when its supervisor dies %i ms after it was started',
  async (ms) => {
    const config = join(dataFolder, 'nats.conf');
    writeFileSync(config, `listen: "127.0.0.1:-1"\n`);
    const args = [inject('natsServerBin'), config, 'nats://127.0.0.1:1', join(dataFolder, 'log'), dataFolder];
    keeper = fork(new URL('./nats-keeper.ts', import.meta.url), args, { silent: true });
    const ended = once(keeper, 'exit');
    await sleep(ms);
    keeper.disconnect();
    await ended;
    expect(serversOf()).toEqual([]);
  },
);
