import { inventory } from '@refrain/contract-inventory';
import { given, lawsOf, readSamples } from '@refrain/testing';
import { test } from 'vitest';
import { receipt } from './receipt.ts';

const receiptId = 'r-1';
const goods = { receiptId, sku: 'tea-001', quantity: 100_000 };
const requested = inventory.ReceiptRequested(goods);
const request = receipt.request(goods);
const confirm = receipt.confirm({ receiptId });

test('the same goods come in once', () => {
  given(receipt).when(request).records(requested);
  given(receipt, requested).when(request).recordsNothing();
});

test('the answer of the warehouse confirms it', () => {
  given(receipt, requested).when(confirm).records(inventory.ReceiptConfirmed({ receiptId }));
});

test.each(
  lawsOf({
    decider: receipt,
    stories: [{ name: 'confirmed', arrivals: [request], answers: { ReceiptRequested: () => [confirm] } }],
    samples: readSamples(new URL('contract/samples/', import.meta.url)),
    successes: [{ command: confirm, isRecordedBy: ({ type }) => type === 'ReceiptConfirmed' }],
  }),
)('receipt: %s', (_, law) => law());
