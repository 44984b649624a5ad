import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { identify, runs } from '../../scripts/cli/supervisor/process-identity.ts';

/** Starts something that goes on for a while, in a thread of its own, as a test of a shop has one. */
const starting = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { spawn } = require('node:child_process');
  import(workerData).then(({ endWithUs }) => {
    const started = endWithUs(spawn('sleep', ['60'], { stdio: 'ignore' }));
    parentPort.postMessage(started.pid);
  });`;

test('what a thread started is ended when the thread is', { timeout: 30_000 }, async () => {
  const worker = new Worker(starting, {
    eval: true,
    workerData: join(import.meta.dirname, 'end-with-us.ts'),
  });
  const [pid] = (await once(worker, 'message')) as [number];
  const started = identify(pid);
  expect(runs(started)).toBe(true);
  await worker.terminate();
  await expect.poll(() => runs(started), { timeout: 20_000 }).toBe(false);
});
