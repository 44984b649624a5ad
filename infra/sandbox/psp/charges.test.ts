import { expect, test } from 'vitest';
import { failureOf, intentOf, metadata, openPsp, stripeClient } from './psp.fixture.ts';

test('a charge is in the ledger once it is confirmed, and not before', async () => {
  const { stripe, ledger } = await openPsp();
  const intent = await intentOf(stripe);
  expect(intent).toMatchObject({ status: 'requires_confirmation', amount: 1_250, metadata });
  expect(await ledger()).toEqual([]);

  const confirmed = await stripe.paymentIntents.confirm(intent.id, {}, { idempotencyKey: 'confirm-1' });
  expect(confirmed).toMatchObject({ status: 'succeeded', amount_received: 1_250 });
  expect(await ledger()).toEqual([
    {
      kind: 'charge',
      id: intent.id,
      idempotencyKey: 'confirm-1',
      ...metadata,
      amount: 1_250,
      currency: 'eur',
      at: expect.any(String),
    },
  ]);
  expect(await stripe.paymentIntents.retrieve(intent.id)).toMatchObject({ status: 'succeeded' });
});

test('a declined card is one confirm call, moves nothing and is taken off the intent', async () => {
  const { stripe, ledger, calls } = await openPsp();
  const { id } = await intentOf(stripe, { card: 'pm_card_chargeDeclined' });
  const failure = await failureOf(stripe.paymentIntents.confirm(id, {}, { idempotencyKey: 'confirm-1' }));
  expect(failure).toMatchObject({ statusCode: 402, rawType: 'card_error', code: 'card_declined' });
  expect(failure.payment_intent).toMatchObject({ id, status: 'requires_payment_method' });
  expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({
    status: 'requires_payment_method',
    payment_method: null,
  });
  expect((await calls()).filter(({ step }) => step === 'confirm')).toMatchObject([
    { fate: 'declined', status: 402 },
  ]);
  expect(await ledger()).toEqual([]);
});

test('an intent that succeeded is not confirmed again under another key', async () => {
  const { stripe, ledger } = await openPsp();
  const { id } = await intentOf(stripe);
  await stripe.paymentIntents.confirm(id, {}, { idempotencyKey: 'confirm-1' });
  const failure = await failureOf(stripe.paymentIntents.confirm(id, {}, { idempotencyKey: 'confirm-2' }));
  expect(failure).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
  expect(failure.payment_intent).toMatchObject({ id, status: 'succeeded' });
  expect(await ledger()).toHaveLength(1);
});

test('a cancelled intent can act no more', async () => {
  const { stripe, ledger } = await openPsp();
  const { id } = await intentOf(stripe);
  expect(await stripe.paymentIntents.cancel(id, { cancellation_reason: 'abandoned' })).toMatchObject({
    status: 'canceled',
  });
  expect(await failureOf(stripe.paymentIntents.confirm(id))).toMatchObject({
    code: 'payment_intent_unexpected_state',
  });
  expect(await failureOf(stripe.paymentIntents.cancel(id))).toMatchObject({
    code: 'payment_intent_unexpected_state',
  });
  expect(await ledger()).toEqual([]);
});

test('a refund is a ledger line of its own, and is listed under its intent', async () => {
  const { stripe, ledger } = await openPsp();
  const { id } = await intentOf(stripe);
  await stripe.paymentIntents.confirm(id);
  const own = { orderId: 'order-1', operationId: 'operation-2' };
  const refund = await stripe.refunds.create(
    { payment_intent: id, metadata: own },
    { idempotencyKey: 'refund-1' },
  );
  expect(refund).toMatchObject({ status: 'succeeded', amount: 1_250, payment_intent: id });
  const line = {
    kind: 'refund',
    id: refund.id,
    idempotencyKey: 'refund-1',
    ...own,
    amount: 1_250,
    currency: 'eur',
  };
  expect((await ledger())[1]).toMatchObject(line);
  expect((await stripe.refunds.list({ payment_intent: id })).data).toMatchObject([
    { id: refund.id, metadata: own },
  ]);
  expect((await stripe.refunds.list({ payment_intent: 'pi_other' })).data).toEqual([]);
});

test('no more goes back than came in', async () => {
  const { stripe, ledger } = await openPsp();
  const { id } = await intentOf(stripe);
  expect(await failureOf(stripe.refunds.create({ payment_intent: id }))).toMatchObject({
    statusCode: 400,
    param: 'payment_intent',
  });
  await stripe.paymentIntents.confirm(id);
  const tooMuch = failureOf(stripe.refunds.create({ payment_intent: id, amount: 1_251 }));
  expect(await tooMuch).toMatchObject({ statusCode: 400, code: 'charge_already_refunded' });
  await stripe.refunds.create({ payment_intent: id, amount: 1_000 });
  await stripe.refunds.create({ payment_intent: id });
  const again = failureOf(stripe.refunds.create({ payment_intent: id }));
  expect(await again).toMatchObject({ statusCode: 400, code: 'charge_already_refunded' });
  expect((await ledger()).map(({ amount }) => amount)).toEqual([1_250, 1_000, 250]);
});

test('a list of refunds is read page by page', async () => {
  const { stripe } = await openPsp();
  const { id } = await intentOf(stripe);
  await stripe.paymentIntents.confirm(id);
  const made: string[] = [];
  for (const amount of [1, 2, 3, 4, 5])
    made.unshift((await stripe.refunds.create({ payment_intent: id, amount })).id);
  const pages = stripe.refunds.list({ payment_intent: id, limit: 2 });
  expect((await pages.autoPagingToArray({ limit: 10 })).map((refund) => refund.id)).toEqual(made);
});

test('charges and refunds of a span are listed, page by page, with the names they carry', async () => {
  const clock = { now: 1_000_000 };
  const { stripe } = await openPsp({ now: () => clock.now });
  const taken: string[] = [];
  for (let i = 0; i < 4; i++) {
    const { id } = await intentOf(stripe, { key: `create-${i}` });
    clock.now += 10_000;
    await stripe.paymentIntents.confirm(id);
    await stripe.refunds.create({ payment_intent: id, metadata });
    taken.push(id);
  }
  await failureOf(
    stripe.paymentIntents.confirm((await intentOf(stripe, { card: 'pm_card_chargeDeclined', key: 'd' })).id),
  );
  // Both ends belong to it: the first charge is before, the last one behind.
  const created = { gte: 1_020, lte: 1_030 };
  const charges = await stripe.charges.list({ created, limit: 1 }).autoPagingToArray({ limit: 10 });
  expect(charges.map(({ payment_intent }) => payment_intent)).toEqual([taken[2], taken[1]]);
  expect(charges[0]).toMatchObject({ amount: 1_250, status: 'succeeded', metadata, created: 1_030 });
  const refunds = await stripe.refunds.list({ created, limit: 1 }).autoPagingToArray({ limit: 10 });
  expect(refunds.map(({ payment_intent }) => payment_intent)).toEqual([taken[2], taken[1]]);
  expect(await stripe.charges.list({ limit: 100 })).toMatchObject({ has_more: false });
});

test.each([
  ['an amount of nothing', { amount: 0, currency: 'eur' }, 'amount'],
  ['an amount with a fraction', { amount: 12.5, currency: 'eur' }, 'amount'],
  ['another currency', { amount: 100, currency: 'usd' }, 'currency'],
  ['an unknown card', { amount: 100, currency: 'eur', payment_method: 'pm_card_unknown' }, 'payment_method'],
  ['a confirmation at creation', { amount: 100, currency: 'eur', confirm: true }, 'confirm'],
  ['an unknown parameter', { amount: 100, currency: 'eur', surprise: 'x' }, 'surprise'],
])('%s is refused, naming the parameter', async (_, parameters, param) => {
  const { stripe, fates } = await openPsp();
  expect(await failureOf(stripe.paymentIntents.create(parameters))).toMatchObject({ statusCode: 400, param });
  expect(await fates()).toEqual(['bad_request']);
});

test('what does not exist is not found', async () => {
  const { stripe } = await openPsp();
  for (const call of [
    stripe.paymentIntents.retrieve('pi_none'),
    stripe.refunds.create({ payment_intent: 'pi_none' }),
  ]) {
    expect(await failureOf(call)).toMatchObject({ statusCode: 404, code: 'resource_missing' });
  }
  expect(await failureOf(stripe.customers.list())).toMatchObject({ statusCode: 404 });
});

test.each(['sk_live_1', 'rk_live_1'])('a live key is refused: %s', async (key) => {
  const { url, calls } = await openPsp();
  expect(await failureOf(intentOf(stripeClient(url, { key })))).toMatchObject({ statusCode: 403 });
  expect(await calls()).toMatchObject([{ fate: 'bad_request', status: 403 }]);
});
