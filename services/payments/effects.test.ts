import type { Call, Effect } from '@refrain/runtime';
import { expect, test } from 'vitest';
import { charge } from './charge.ts';
import { effects } from './effects.ts';
import { fakeProvider } from './gateway.fake.ts';
import { ProviderFault } from './gateway.ts';

const orderId = 'ord-7';
const amount = { minor: 1_250, currency: 'EUR' } as const;
const intent = { orderId, amount, paymentMethod: 'pm_card_visa' };
const providerRef = 'pi_op';
const progress = { intentId: providerRef };

const call = (step: string, operationId = 'op'): Call => ({
  key: `${operationId}.1.${step}`,
  keyOf: (other) => `${operationId}.1.${other}`,
  operationId,
  correlationId: orderId,
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  signal: new AbortController().signal,
  note: () => {},
});

function open() {
  const provider = fakeProvider();
  const [charging, refunding] = effects(provider) as [Effect, Effect];
  const step = (name: string, data: unknown = intent, done: Record<string, string> = progress) =>
    charging.steps[name]?.(data, call(name), done);
  return { provider, charging, refunding, step };
}

test('a charge is announced, then confirmed, and its capture is what comes back', async () => {
  const { provider, step } = open();
  expect(await step('create', intent, {})).toEqual(progress);
  expect(await step('confirm')).toEqual(charge.recordCapture({ orderId, amount, providerRef }));
  expect(provider.ledger).toHaveLength(1);
});

test('the same attempt again moves no money again', async () => {
  const { provider, step } = open();
  await step('create', intent, {});
  provider.failNext('confirm', 'provider_error', { happens: true });
  await expect(step('confirm')).rejects.toMatchObject({ failure: 'provider_error' });
  await step('confirm');
  expect(provider.ledger).toHaveLength(1);
});

test('a lookup finds the capture that nobody heard of', async () => {
  const { step, charging } = open();
  await step('create', intent, {});
  expect(await charging.lookup?.(intent, call('lookup'), progress)).toBe('not found');
  await step('confirm');
  expect(await charging.lookup?.(intent, call('lookup'), progress)).toEqual(
    charge.recordCapture({ orderId, amount, providerRef }),
  );
});

test('a charge nobody wants is closed: it never happens, or its capture is recorded', async () => {
  const { step, charging } = open();
  expect(await charging.close?.(intent, call('close'), {})).toBe('never');
  await step('create', intent, {});
  expect(await charging.close?.(intent, call('close'), progress)).toBe('never');
  await expect(step('confirm')).rejects.toThrow('cancelled');
  expect(await charging.lookup?.(intent, call('lookup'), progress)).toBe('never');

  const taken = open();
  await taken.step('create', intent, {});
  await taken.step('confirm');
  expect(await taken.charging.close?.(intent, call('close'), progress)).toEqual(
    charge.recordCapture({ orderId, amount, providerRef }),
  );
});

test('a payment method that the provider does not know is an answer, and closes as never happened', async () => {
  const { step, charging, provider } = open();
  const foo = { ...intent, paymentMethod: 'foo' };
  const refused: unknown = await step('create', foo, {})?.catch((error: unknown) => error);
  expect(charging.classify(refused)).toMatchObject({ failure: 'payment_method_refused' });
  expect(await charging.close?.(foo, call('close'), {})).toBe('never');
  expect(provider.ledger).toEqual([]);
});

test('a declined card is an answer, and what has no name at the provider is a defect', async () => {
  const { step, charging } = open();
  await step('create', { ...intent, paymentMethod: 'pm_card_chargeDeclined' }, {});
  const declined: unknown = await step('confirm')?.catch((error: unknown) => error);
  expect(charging.classify(declined)).toMatchObject({ failure: 'card_declined' });
  const nameless: unknown = await step('confirm', intent, {})?.catch((error: unknown) => error);
  expect(charging.classify(nameless)).toBeUndefined();
});

test('a charge is wanted until it is recalled', () => {
  const { charging } = open();
  expect(charging.wanted({ status: 'charging', captures: {} })).toBe(true);
  expect(charging.wanted({ status: 'charging', captures: {}, recalled: 'deadline' })).toBe(false);
});

test('a refund goes out once, and a lookup finds it', async () => {
  const { provider, refunding, step } = open();
  await step('create', intent, {});
  await step('confirm');
  const back = { orderId, amount, providerRef, reason: 'deadline' };
  expect(await refunding.lookup?.(back, call('lookup', 'op2'), {})).toBe('not found');
  provider.failNext('refund', 'provider_error', { happens: true });
  const refund = () => refunding.steps['refund']?.(back, call('refund', 'op2'), {});
  await expect(refund()).rejects.toBeInstanceOf(ProviderFault);
  const issued = charge.recordRefund({ orderId, providerRef });
  expect(await refunding.lookup?.(back, call('lookup2', 'op2'), {})).toEqual(issued);
  expect(await refund()).toEqual(issued);
  expect(provider.ledger.map(({ kind }) => kind)).toEqual(['charge', 'refund']);
});

test('what the provider moved in a span comes as acts, each with what records it', async () => {
  const { step, charging, refunding, provider } = open();
  await step('create', intent, {});
  await step('confirm');
  const gone = { orderId, amount, providerRef, reason: 'requested' };
  await refunding.steps['refund']?.(gone, call('refund', 'back'), {});
  const now = Date.now();
  const asking = { correlationId: 'boot', traceparent: call('x').traceparent, signal: call('x').signal };
  const asked = { span: { from: now - 10_000, to: now + 10_000 }, after: undefined };
  const names = { entityId: orderId, correlation: orderId, ref: providerRef };
  expect(await charging.reconcile?.(asked, asking)).toEqual({
    acts: [{ ...names, operationId: 'op', command: charge.recordCapture({ orderId, amount, providerRef }) }],
    next: undefined,
  });
  expect(await refunding.reconcile?.(asked, asking)).toEqual({
    acts: [{ ...names, operationId: 'back', command: charge.recordRefund({ orderId, providerRef }) }],
    next: undefined,
  });
  const later = { span: { from: now + 10_000, to: now + 20_000 }, after: undefined };
  expect(await charging.reconcile?.(later, asking)).toMatchObject({ acts: [] });
  expect(provider.ledger).toHaveLength(2);
});
