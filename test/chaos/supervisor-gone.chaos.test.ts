import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';

const main = resolve(import.meta.dirname, '../../services/payments/main.ts');

let dataFolder: string;
/** A broker that takes connections and says nothing: whoever starts hangs on it. */
let silent: Server;
let service: ChildProcess | undefined;

beforeEach(async () => {
  dataFolder = mkdtempSync(join(tmpdir(), 'refrain-alone-'));
  silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
});
afterEach(() => {
  service?.kill('SIGKILL');
  silent.close();
  rmSync(dataFolder, { recursive: true, force: true });
});

test('a service whose start hangs on its broker ends when its supervisor is gone', async () => {
  const address = silent.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  service = spawn(process.execPath, [main], {
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    env: {
      PATH: process.env['PATH'],
      REFRAIN_DATA: dataFolder,
      REFRAIN_INSTANCE: 'payments',
      NATS_URL: `nats://127.0.0.1:${port}`,
      STRIPE_API_KEY: 'sk_test_alone',
      PSP_URL: 'http://127.0.0.1:1',
      REFRAIN_HTTP_PORT: '0',
    },
  });
  await once(silent, 'connection');
  expect(service.exitCode).toBeNull();
  const ended = once(service, 'exit');
  const startedMs = performance.now();
  service.disconnect();
  await ended;
  expect(performance.now() - startedMs).toBeLessThan(3_000);
});
