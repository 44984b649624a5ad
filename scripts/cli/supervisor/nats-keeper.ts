// Keeps one nats-server for the supervisor: started with an IPC channel, it notices when the supervisor dies,
// and then ends what that left, the broker last. Arguments: binary, config file, url, log file, data folder.
import { spawn } from 'node:child_process';
import { closeSync, openSync, renameSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { greetingOf } from './nats-greeting.ts';
import { endProcess, runs } from './process-identity.ts';

const graceMs = 5_000;
/** The others notice the supervisor's death themselves; what does not end in this time is made to. */
const othersMs = 6_000;
const logBytesMax = 10 * 1024 * 1024;
const [bin = '', config = '', url = '', log = '', dataFolder = ''] = process.argv.slice(2);

if ((statSync(log, { throwIfNoEntry: false })?.size ?? 0) > logBytesMax) renameSync(log, `${log}.old`);
const output = openSync(log, 'a', 0o600);
// In the keeper's group: what kills the whole group takes the server too.
const server = spawn(bin, ['--config', config], { stdio: ['ignore', output, output] });
closeSync(output);

let ending = false;
const end = (): void => {
  if (ending) return;
  ending = true;
  server.kill('SIGTERM');
  setTimeout(() => server.kill('SIGKILL'), graceMs).unref();
};
for (const event of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(event, end);
const endAll = (): void => {
  // As long as the broker is there, services can settle what they hold.
  void endOthers().finally(end);
};
process.on('disconnect', endAll);
// It may have died before anybody listened.
if (hasLostSupervisor()) endAll();

async function endOthers(): Promise<void> {
  if (ending) return;
  const { readRunFile } = await import('./run-file.ts');
  // Another node has a keeper of its own, which waits for the services as this one does.
  const others =
    readRunFile(dataFolder)?.processes.filter(
      ({ pid, keeper }) => pid !== server.pid && !(keeper && runs(keeper)),
    ) ?? [];
  await Promise.all(others.map((other) => endProcess(other, othersMs)));
}

server.on('error', (error) => {
  console.error(`nats-server could not be started: ${error.message}`);
  process.exit(1);
});
server.on('exit', (code, by) => {
  if (!ending) console.error(`nats-server ended (${by ?? `code ${code}`}), its last words are in ${log}`);
  process.exit(ending ? 0 : 1);
});
/** A supervisor that is gone hears nothing; that must not end the keeper before its server. */
const tell = (message: object): void => {
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
};
if (server.pid !== undefined) tell({ keeps: server.pid });

// A large store is read before the server listens, so there is no limit to this: the supervisor says that
// it waits.
while (!(await greetingOf(url).catch(() => undefined))) await sleep(25);
tell({ ready: true, url });

/** It had a channel, and that is closed. Without one, a person started it. */
function hasLostSupervisor(): boolean {
  return process.send !== undefined && !process.connected;
}
