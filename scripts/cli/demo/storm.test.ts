import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runStorm } from './storm.ts';

/** It looks four times a second; on a machine that is busy that takes longer. */
const patience = { timeout: 10_000 };
const slow = { timeout: 40_000 };

let kind: string | undefined;
let faults: string[];

/** The payment sandbox and the governor in one: it takes faults, and says the same word to whoever asks. */
const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const body = (await request.toArray()).join('');
  if (request.method === 'PUT') faults.push((JSON.parse(body) as { mode: string }).mode);
  if (kind === undefined) response.destroy();
  else response.end(JSON.stringify({ words: [{ dependency: 'psp', kind, reason: 'so it is' }] }));
};
const world = createServer((request, response) => void answer(request, response));

beforeEach(async () => {
  faults = [];
  await once(world.listen(0, '127.0.0.1'), 'listening');
});
afterEach(async () => {
  world.closeAllConnections();
  await once(world.close(), 'close');
});

/** Begins a storm; `over` says that all orders have ended. */
function begun() {
  const over = new AbortController();
  const url = `http://127.0.0.1:${(world.address() as AddressInfo).port}`;
  const lines: string[] = [];
  const story = runStorm({
    pspUrl: url,
    governorUrl: url,
    tell: (line) => lines.push(line),
    signal: over.signal,
  });
  return { over, lines, story };
}

test('the story goes on after the last order until calls are open again', slow, async () => {
  kind = 'suppressed';
  const { over, lines, story } = begun();
  await expect.poll(() => lines.at(-1), patience).toContain('the governor: suppressed');
  over.abort();
  kind = 'ramp';
  await expect.poll(() => lines.at(-1), patience).toContain('the governor: ramp');
  kind = 'open';
  expect((await story).map((word) => word.kind)).toEqual(['suppressed', 'ramp', 'open']);
  expect(faults).toEqual(['none', 'none']);
});

test('where calls are open, or nobody answers any more, it ends with the orders', slow, async () => {
  kind = 'open';
  const first = begun();
  await expect.poll(() => first.lines.at(-1), patience).toContain('the governor: open');
  first.over.abort();
  expect((await first.story).map((word) => word.kind)).toEqual(['open']);
  kind = 'suppressed';
  const second = begun();
  await expect.poll(() => second.lines.at(-1), patience).toContain('the governor: suppressed');
  kind = undefined;
  second.over.abort();
  // Nor does the provider, which nobody can put right.
  await expect(second.story).rejects.toThrow('RF_UNREACHABLE: the provider');
});
