import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as dial, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * A nats-server of a test's own, on a fixed port, so that it can be ended and started again on the same data.
 */
export interface TestBroker {
  readonly url: string;
  readonly port: number;
  readonly storeDir: string;
  start(): Promise<void>;
  end(how: NodeJS.Signals): Promise<void>;
  /** Keeps a copy of the data, or puts it back. The server must not run. */
  keepData(): void;
  putDataBack(): void;
  close(): Promise<void>;
}

const START_MS_MAX = 10_000;

/** `configOf` gives the text of a configuration file; without it there is one account for all. */
export async function testBroker(
  bin: string,
  configOf?: (at: { port: number; storeDir: string }) => string,
): Promise<TestBroker> {
  const folder = mkdtempSync(join(tmpdir(), 'refrain-broker-'));
  const storeDir = join(folder, 'store');
  const port = await freePort();
  const configFile = join(folder, 'nats.conf');
  writeFileSync(
    configFile,
    configOf?.({ port, storeDir }) ??
      `listen: "127.0.0.1:${port}"\njetstream { store_dir: ${JSON.stringify(storeDir)} }\n`,
  );
  let server: ChildProcess | undefined;
  const killWithUs = (): void => void server?.kill('SIGKILL');
  process.once('exit', killWithUs);
  const end = async (how: NodeJS.Signals): Promise<void> => {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill(how);
    await ended;
  };
  const broker: TestBroker = {
    url: `nats://127.0.0.1:${port}`,
    port,
    storeDir,
    start: async () => {
      server = spawn(bin, ['--config', configFile, '--log', join(folder, 'log')], { stdio: 'ignore' });
      await untilListening(port, server);
    },
    end,
    keepData: () => cpSync(storeDir, join(folder, 'kept'), { recursive: true }),
    putDataBack: () => {
      rmSync(storeDir, { recursive: true });
      cpSync(join(folder, 'kept'), storeDir, { recursive: true });
    },
    close: async () => {
      await end('SIGKILL');
      process.off('exit', killWithUs);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await broker.start();
  return broker;
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

async function untilListening(port: number, server: ChildProcess): Promise<void> {
  for (let waitedMs = 0; waitedMs < START_MS_MAX; waitedMs += 20) {
    if (server.exitCode !== null) throw new Error(`nats-server ended with code ${server.exitCode}.`);
    const socket = dial(port, '127.0.0.1');
    const answered = await Promise.race([
      once(socket, 'data'),
      once(socket, 'error').then(() => undefined),
    ]).catch(() => undefined);
    socket.destroy();
    if (answered) return;
    await sleep(20);
  }
  throw new Error(`nats-server did not listen on ${port} within ${START_MS_MAX} ms.`);
}
