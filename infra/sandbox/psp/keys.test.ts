import { expect, test } from 'vitest';
import { failureOf, intentOf, openPsp, temporaryFolder } from './psp.fixture.ts';

test('a repeat under the same key gets the first answer, and nothing is done again', async () => {
  const { stripe, ledger, fates } = await openPsp();
  const first = await intentOf(stripe);
  const again = await intentOf(stripe);
  expect(again).toEqual(first);
  expect(first.lastResponse.headers['idempotent-replayed']).toBeUndefined();
  expect(again.lastResponse.headers['idempotent-replayed']).toBe('true');
  await stripe.paymentIntents.confirm(first.id, {}, { idempotencyKey: 'confirm-1' });
  await stripe.paymentIntents.confirm(first.id, {}, { idempotencyKey: 'confirm-1' });
  expect(await ledger()).toHaveLength(1);
  expect(await fates()).toEqual(['ok', 'replayed', 'ok', 'replayed']);
});

test('a decline is replayed as a decline, also with another card in the intent by then', async () => {
  const { stripe, ledger } = await openPsp();
  const { id } = await intentOf(stripe, { card: 'pm_card_chargeDeclined' });
  await failureOf(stripe.paymentIntents.confirm(id, {}, { idempotencyKey: 'confirm-1' }));
  await stripe.paymentIntents.confirm(
    id,
    { payment_method: 'pm_card_visa' },
    { idempotencyKey: 'confirm-2' },
  );
  const replayed = await failureOf(stripe.paymentIntents.confirm(id, {}, { idempotencyKey: 'confirm-1' }));
  expect(replayed).toMatchObject({ statusCode: 402, code: 'card_declined' });
  expect(replayed.headers?.['idempotent-replayed']).toBe('true');
  expect(await ledger()).toHaveLength(1);
});

test('a key is for one request: other parameters or another path are refused', async () => {
  const { stripe, ledger } = await openPsp();
  const { id } = await intentOf(stripe, { key: 'key-1' });
  const misuse = { statusCode: 400, rawType: 'idempotency_error' };
  expect(await failureOf(intentOf(stripe, { key: 'key-1', amount: 9_900 }))).toMatchObject(misuse);
  expect(await failureOf(stripe.paymentIntents.confirm(id, {}, { idempotencyKey: 'key-1' }))).toMatchObject(
    misuse,
  );
  expect(await ledger()).toEqual([]);
});

test('the order of the parameters does not make it another request', async () => {
  const { stripe } = await openPsp();
  const first = await stripe.paymentIntents.create(
    { amount: 5, currency: 'eur' },
    { idempotencyKey: 'key-1' },
  );
  const again = await stripe.paymentIntents.create(
    { currency: 'eur', amount: 5 },
    { idempotencyKey: 'key-1' },
  );
  expect(again.id).toBe(first.id);
});

test('refused parameters leave the key free, an answer of the work does not', async () => {
  const { stripe } = await openPsp();
  await failureOf(intentOf(stripe, { amount: -1, key: 'key-1' }));
  const { id } = await intentOf(stripe, { key: 'key-1' });
  await failureOf(stripe.refunds.create({ payment_intent: id }, { idempotencyKey: 'refund-1' }));
  await stripe.paymentIntents.confirm(id);
  const replayed = await failureOf(
    stripe.refunds.create({ payment_intent: id }, { idempotencyKey: 'refund-1' }),
  );
  expect(replayed.headers?.['idempotent-replayed']).toBe('true');
});

test('of many calls at once under one key, one does the work and all get its answer', async () => {
  const { stripe, ledger, fates } = await openPsp();
  const { id } = await intentOf(stripe);
  const confirm = () => stripe.paymentIntents.confirm(id, {}, { idempotencyKey: 'confirm-1' });
  const answers = await Promise.all(Array.from({ length: 20 }, confirm));
  expect(new Set(answers.map(({ latest_charge }) => latest_charge)).size).toBe(1);
  expect((await fates()).filter((fate) => fate === 'ok')).toHaveLength(2); // the create and one confirm
  expect(await ledger()).toHaveLength(1);
});

test('while the first answer is on its way, the key is in use', async () => {
  const { stripe, ledger, setFaults } = await openPsp();
  const { id } = await intentOf(stripe);
  await setFaults({ mode: 'slow', delayMs: 300 });
  const confirm = () => stripe.paymentIntents.confirm(id, {}, { idempotencyKey: 'confirm-1' });
  const results = await Promise.allSettled(Array.from({ length: 5 }, confirm));
  const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
  expect(refused).toHaveLength(4);
  for (const reason of refused)
    expect(reason).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' });
  expect(await confirm()).toMatchObject({ status: 'succeeded' });
  expect(await ledger()).toHaveLength(1);
});

test('after its horizon a key protects nothing any more', async () => {
  let time = Date.parse('2026-01-01T00:00:00Z');
  const { stripe, ledger } = await openPsp({
    dataDir: temporaryFolder(),
    keyHorizonMs: 60_000,
    now: () => time,
  });
  const { id } = await intentOf(stripe);
  await stripe.paymentIntents.confirm(id);
  const refund = () =>
    stripe.refunds.create({ payment_intent: id, amount: 100 }, { idempotencyKey: 'refund-1' });
  const first = await refund();
  time += 59_000;
  expect((await refund()).id).toBe(first.id);
  time += 2_000;
  expect((await refund()).id).not.toBe(first.id);
  expect((await ledger()).filter(({ idempotencyKey }) => idempotencyKey === 'refund-1')).toHaveLength(2);
});
