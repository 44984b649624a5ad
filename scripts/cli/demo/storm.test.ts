import type { IncomingMessage, ServerResponse } from 'node:http';
import { beforeEach, expect, test } from 'vitest';
import { serverOf } from '../server.fixture.ts';
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
beforeEach(() => {
  faults = [];
});

/** Begins a storm; `over` says that all orders have ended. */
async function begun() {
  const over = new AbortController();
  const url = await serverOf((request, response) => void answer(request, response));
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
  const { over, lines, story } = await begun();
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
  const first = await begun();
  await expect.poll(() => first.lines.at(-1), patience).toContain('the governor: open');
  first.over.abort();
  expect((await first.story).map((word) => word.kind)).toEqual(['open']);
  kind = 'suppressed';
  const second = await begun();
  await expect.poll(() => second.lines.at(-1), patience).toContain('the governor: suppressed');
  kind = undefined;
  second.over.abort();
  // Nor does the provider, which nobody can put right.
  await expect(second.story).rejects.toThrow('RF_UNREACHABLE: the provider');
});
