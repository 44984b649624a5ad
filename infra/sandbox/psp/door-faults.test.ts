import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startPsp } from './mod.ts';
import { controlOf, failureOf, openPsp, openWith, stripeClient, temporaryFolder } from './psp.fixture.ts';

test('slow does the work at once and answers late', async () => {
  const { confirm, ledger } = await openWith({ mode: 'slow', delayMs: 300 });
  const begun = performance.now();
  const answer = confirm();
  await sleep(150);
  expect(await ledger()).toHaveLength(1);
  await answer;
  expect(performance.now() - begun).toBeGreaterThanOrEqual(299);
});

test('throttle answers 429 with Retry-After, does nothing and leaves the key free', async () => {
  const { confirm, ledger, setFaults, fates } = await openWith({ mode: 'throttle', retryAfterS: 7 });
  const failure = await failureOf(confirm());
  expect(failure).toMatchObject({ statusCode: 429, type: 'StripeRateLimitError' });
  expect(failure.headers?.['retry-after']).toBe('7');
  expect(await ledger()).toEqual([]);
  await setFaults({ mode: 'none' });
  await confirm();
  expect(await fates()).toEqual(['ok', 'throttled', 'ok']);
});

test('a capacity lets so many calls a second through, in every mode', async () => {
  let time = 0;
  const { stripe, setFaults } = await openPsp({ now: () => time });
  for (const mode of ['none', 'throttle']) {
    await setFaults({ mode, capacityPerS: 3 });
    const passed = async () => {
      const results = await Promise.allSettled(Array.from({ length: 10 }, () => stripe.refunds.list()));
      return results.filter(({ status }) => status === 'fulfilled').length;
    };
    expect(await passed()).toBe(3);
    time += 667;
    expect(await passed()).toBe(2);
    time += 60_000;
    expect(await passed()).toBe(3);
  }
});

test('fail_before answers 500, does nothing and leaves the key free', async () => {
  const { confirm, ledger, setFaults } = await openWith({ mode: 'fail_before' });
  expect(await failureOf(confirm())).toMatchObject({ statusCode: 500, type: 'StripeAPIError' });
  expect(await ledger()).toEqual([]);
  await setFaults({ mode: 'none' });
  expect((await confirm()).lastResponse.headers['idempotent-replayed']).toBeUndefined();
});

test('down takes the call, records it, cuts the connection and does nothing', async () => {
  const { confirm, ledger, calls } = await openWith({ mode: 'down' });
  expect(await failureOf(confirm())).toMatchObject({ type: 'StripeConnectionError' });
  expect((await calls())[1]).toMatchObject({
    fate: 'reset',
    status: null,
    orderId: 'order-1',
    operationId: 'operation-1',
  });
  expect(await ledger()).toEqual([]);
});

test('gone closes the port for a while, and comes back under the same number, mended', async () => {
  const { confirm, get, fates } = await openWith({ mode: 'gone', forMs: 400 });
  const reach = () => get('/faults').catch((error) => error.cause.code);
  await expect.poll(reach, { interval: 10 }).toBe('ECONNREFUSED');
  expect(await failureOf(confirm())).toMatchObject({ type: 'StripeConnectionError' });
  await expect.poll(reach, { timeout: 2_000 }).toMatchObject({ mode: 'none' });
  await confirm();
  expect(await fates()).toEqual(['ok', 'ok']);
});

test('steps say which calls a fault touches', async () => {
  const { confirm, stripe, id, setFaults } = await openWith({ mode: 'fail_before', steps: ['confirm'] });
  await stripe.paymentIntents.retrieve(id);
  expect(await failureOf(confirm())).toMatchObject({ statusCode: 500 });
  await setFaults({ mode: 'none', capacityPerS: 0.001, steps: ['refund'] });
  await confirm();
  await confirm();
});

test('chance is seeded and counted, also over a restart', async () => {
  const run = async ({ seed, restart }: { seed: number; restart: boolean }) => {
    const dataDir = temporaryFolder();
    let psp = await startPsp({ dataDir });
    await controlOf(psp.url).setFaults({ mode: 'fail_before', rate: 0.3, seed });
    for (let call = 0; call < 60; call += 1) {
      if (restart && call === 25) {
        await psp.close();
        psp = await startPsp({ dataDir });
      }
      await stripeClient(psp.url)
        .refunds.list()
        .catch(() => undefined);
    }
    const fates = await controlOf(psp.url).fates();
    await psp.close();
    return fates;
  };
  const [straight, restarted, other] = [
    await run({ seed: 7, restart: false }),
    await run({ seed: 7, restart: true }),
    await run({ seed: 8, restart: false }),
  ];
  expect(restarted).toEqual(straight);
  expect(other).not.toEqual(straight);
  const struck = straight.filter((fate) => fate === 'failed_before').length;
  expect(struck).toBeGreaterThan(8);
  expect(struck).toBeLessThan(30);
});
