import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { controlOf, intentOf, stripeClient, temporaryFolder } from './psp.fixture.ts';

const main = join(import.meta.dirname, 'main.ts');

function spawnPsp(environment: Record<string, string>): ChildProcess {
  const env = { ...process.env, PSP_PORT: '0', ...environment };
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function startProcess(environment: Record<string, string>) {
  const child = spawnPsp(environment);
  const [ready] = (await once(child, 'message')) as [{ ready: true; url: string }];
  return { child, url: ready.url };
}

test('whatever was answered before a SIGKILL is in the ledger after it, once', {
  timeout: 20_000,
}, async () => {
  const REFRAIN_DATA = temporaryFolder();
  const first = await startProcess({ REFRAIN_DATA });
  const stripe = stripeClient(first.url);
  const answered: string[] = [];
  const confirmKeys = new Map<string, string>();
  const buy = async (buyer: number) => {
    for (let round = 0; ; round += 1) {
      const { id } = await intentOf(stripe, { key: `create-${buyer}-${round}` });
      const idempotencyKey = `confirm-${buyer}-${round}`;
      confirmKeys.set(idempotencyKey, id);
      await stripe.paymentIntents.confirm(id, {}, { idempotencyKey });
      answered.push(idempotencyKey);
      if (answered.length === 150) first.child.kill('SIGKILL');
    }
  };
  await Promise.allSettled(Array.from({ length: 16 }, (_, buyer) => buy(buyer)));
  expect(answered.length).toBeGreaterThanOrEqual(150);

  const { url } = await startProcess({ REFRAIN_DATA });
  const { ledger, calls } = controlOf(url);
  const keys = async () => (await ledger()).map(({ idempotencyKey }) => idempotencyKey);
  expect(await keys()).toEqual(expect.arrayContaining(answered));
  // Asking again for all of them, answered or not, moves money only for those that never happened.
  const again = stripeClient(url);
  for (const [idempotencyKey, id] of confirmKeys)
    await again.paymentIntents.confirm(id, {}, { idempotencyKey });
  expect(await keys()).toHaveLength(confirmKeys.size);
  expect(new Set(await keys())).toEqual(new Set(confirmKeys.keys()));
  const done = (await calls('?limit=10000')).filter(({ step, fate }) => step === 'confirm' && fate === 'ok');
  expect(done).toHaveLength(confirmKeys.size);
});

test('a fault outlives the process', async () => {
  const REFRAIN_DATA = temporaryFolder();
  const first = await startProcess({ REFRAIN_DATA });
  await controlOf(first.url).setFaults({ mode: 'throttle', rate: 0.5, retryAfterS: 3 });
  first.child.kill('SIGKILL');
  const { url } = await startProcess({ REFRAIN_DATA });
  expect(await controlOf(url).get('/faults')).toMatchObject({ mode: 'throttle', rate: 0.5, retryAfterS: 3 });
});

test.each([
  ['SIGTERM', (child: ChildProcess) => child.kill('SIGTERM')],
  ['SIGINT', (child: ChildProcess) => child.kill('SIGINT')],
  ['the end of its parent', (child: ChildProcess) => child.disconnect()],
])('it ends within a second on %s, also with a call under way', async (_, end) => {
  const { child, url } = await startProcess({ REFRAIN_DATA: temporaryFolder() });
  await controlOf(url).setFaults({ mode: 'slow', delayMs: 60_000 });
  void intentOf(stripeClient(url)).catch(() => undefined);
  await expect.poll(controlOf(url).fates).toHaveLength(1);
  const begun = performance.now();
  end(child);
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
  expect(performance.now() - begun).toBeLessThan(1_000);
});

test('says in one line of JSON that it listens', async () => {
  const child = spawnPsp({ REFRAIN_DATA: temporaryFolder() });
  const [line] = await once(child.stdout!, 'data');
  expect(JSON.parse(String(line))).toMatchObject({
    level: 30,
    name: 'psp',
    msg: 'listening',
    url: expect.stringMatching(/^http/),
  });
});

test('an environment that is not right is told whole, and nothing starts', async () => {
  const child = spawnPsp({ PSP_PORT: 'x', PSP_KEY_HORIZON_MS: '0' });
  const [line] = await once(child.stdout!, 'data');
  const [code] = await once(child, 'exit');
  expect(String(line)).toMatch(/PSP_PORT.*PSP_KEY_HORIZON_MS/);
  expect(code).toBe(1);
});
