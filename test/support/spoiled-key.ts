import { expect } from 'vitest';
import type { ShopDoors } from './shop-doors.ts';

/**
 * Uses up, behind the back of the service, the key under which it is about to confirm a payment: what the
 * provider then says nobody expected, and it becomes a dead letter.
 */
export async function spoilTheKey(doors: ShopDoors, flow: string): Promise<void> {
  const created = async () =>
    (await doors.calls()).find(({ orderId, step }) => orderId === flow && step === 'create')?.operationId;
  await expect.poll(created, { timeout: 10_000, interval: 20 }).toBeTruthy();
  const operation = String(await created());
  const answer = await fetch(`${doors.urls.psp}/v1/payment_intents`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk_test_a', 'idempotency-key': `${operation}.1.confirm` },
    body: new URLSearchParams({
      amount: '100',
      currency: 'eur',
      // To the audit a call that nobody asked for would be a finding.
      'metadata[orderId]': flow,
      'metadata[operationId]': operation,
    }),
  });
  expect(answer.status).toBe(200);
}
