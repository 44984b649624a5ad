import { cause, hash } from '@refrain/contract-kit';
import type { ServiceHandle } from '@refrain/runtime';
import { receipt } from './receipt.ts';
import type { Warehouse } from './warehouse.ts';

/** What lies on the shelf of a fresh shop, in pieces. */
const openingStock: readonly { sku: string; quantity: number }[] = [
  ...Array.from({ length: 9 }, (_, i) => ({ sku: `tea-00${i + 1}`, quantity: 100_000 })),
  { sku: 'rare-001', quantity: 5 },
];

/** Asks for the opening stock. Its keys are fixed, so every further start asks for what is there already. */
export async function requestOpeningStock(handle: Pick<ServiceHandle, 'execute'>): Promise<void> {
  const client = 'opening-stock';
  for (const { sku, quantity } of openingStock) {
    const receiptId = hash(client, sku);
    await handle.execute(receipt.request({ receiptId, sku, quantity }), {
      cause: cause.request(client, sku),
      correlation: receiptId,
    });
  }
}

/** Whether the warehouse has taken all of it in: only then can a fresh shop sell. */
export async function hasOpeningStock(handle: Pick<ServiceHandle, 'stateOf'>): Promise<boolean> {
  const stock = (await handle.stateOf('warehouse', 'main')).state as Warehouse;
  return openingStock.every(({ sku }) => stock[sku] !== undefined);
}
