import { expect, test } from 'vitest';
import { startPsp } from './mod.ts';
import {
  controlOf,
  failureOf,
  intentOf,
  openPsp,
  openWith,
  stripeClient,
  temporaryFolder,
} from './psp.fixture.ts';

test.each([
  ['reset', { type: 'StripeConnectionError' }, null],
  ['500', { statusCode: 500 }, 500],
])(
  'fail_after does the work, and the caller sees %s; the repeat gets the answer',
  async (answer, seen, status) => {
    const { confirm, ledger, calls } = await openWith({ mode: 'fail_after', answer });
    expect(await failureOf(confirm())).toMatchObject(seen);
    expect(await ledger()).toHaveLength(1);
    expect((await confirm()).lastResponse.headers['idempotent-replayed']).toBe('true');
    expect((await calls()).slice(1)).toMatchObject([
      { fate: 'failed_after', status },
      { fate: 'replayed', status: 200 },
    ]);
    expect(await ledger()).toHaveLength(1);
  },
);

test('sticky_500 does nothing and is what every repeat under the key gets', async () => {
  const { confirm, ledger, setFaults, fates, id, stripe } = await openWith({ mode: 'sticky_500' });
  expect((await failureOf(confirm())).headers?.['idempotent-replayed']).toBeUndefined();
  await setFaults({ mode: 'none' });
  const replayed = await failureOf(confirm());
  expect(replayed).toMatchObject({ statusCode: 500 });
  expect(replayed.headers?.['idempotent-replayed']).toBe('true');
  expect(await ledger()).toEqual([]);
  await stripe.paymentIntents.confirm(id, {}, { idempotencyKey: 'confirm-2' });
  expect(await fates()).toEqual(['ok', 'failed_before', 'replayed', 'ok']);
});

test('in_progress answers 409, and the work is done later although nobody asks again', async () => {
  const { confirm, ledger, fates } = await openWith({ mode: 'in_progress', delayMs: 300 });
  for (const _ of [1, 2]) {
    expect(await failureOf(confirm())).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' });
  }
  expect(await ledger()).toEqual([]);
  await expect.poll(ledger, { timeout: 2_000 }).toHaveLength(1);
  expect((await confirm()).lastResponse.headers['idempotent-replayed']).toBe('true');
  expect(await fates()).toEqual(['ok', 'in_progress', 'in_progress', 'replayed']);
  expect(await ledger()).toHaveLength(1);
});

test('what was in progress when the sandbox ended is done after it started again', async () => {
  const dataDir = temporaryFolder();
  const first = await startPsp({ dataDir });
  const stripe = stripeClient(first.url);
  const { id } = await intentOf(stripe);
  await controlOf(first.url).setFaults({ mode: 'in_progress', delayMs: 300 });
  await failureOf(stripe.paymentIntents.confirm(id, {}, { idempotencyKey: 'confirm-1' }));
  await first.close();
  const { ledger } = await openPsp({ dataDir });
  await expect.poll(ledger, { timeout: 2_000 }).toMatchObject([{ id, idempotencyKey: 'confirm-1' }]);
});
