import { cause, hash } from '@refrain/contract-kit';
import {
  type DoorOptions,
  keyReused,
  openDoor,
  Problem,
  readStrictly,
  requestKeyOf,
  traceOf,
} from '@refrain/http';
import type { ServiceHandle } from '@refrain/runtime';
import { z } from 'zod';
import { type Receipt, receipt } from './receipt.ts';
import type { Warehouse } from './warehouse.ts';

const skuOfPath = z.strictObject({
  sku: z.string().regex(/^[a-z]+-[0-9]{3}$/, 'expected an SKU such as tea-001'),
});
/** `quantity`: pieces. A million at once, so that a shelf can never hold more than a number holds. */
const goods = z.strictObject({ quantity: z.int().min(1).max(1_000_000) });

const unknownSku = (sku: string): Problem =>
  new Problem({
    status: 404,
    type: 'sku-unknown',
    title: 'No such SKU',
    detail: `The warehouse never received ${sku}. Nothing was done.`,
  });

/**
 * The warehouse's door: shows the stock, takes goods in. The stock is read from the warehouse's state, which
 * the service keeps anyway, since it decides on it.
 */
export function inventoryDoor({ handle, ...options }: DoorOptions & { handle: ServiceHandle }) {
  const door = openDoor(options);
  const stock = async (): Promise<Warehouse> =>
    (await handle.stateOf('warehouse', 'main')).state as Warehouse;

  door.get('/stock', async () =>
    Object.entries(await stock())
      .map(([sku, { onHand, reserved }]) => ({ sku, onHand, reserved }))
      .sort((a, b) => (a.sku < b.sku ? -1 : 1)),
  );

  door.get('/stock/:sku', async (request) => {
    const { sku } = readStrictly(skuOfPath, request.params, 'sku');
    const item = (await stock())[sku];
    if (!item) throw unknownSku(sku);
    return { sku, onHand: item.onHand, reserved: item.reserved };
  });

  door.post('/stock/:sku/receipts', async (request, reply) => {
    const { client, idempotencyKey } = requestKeyOf(request.headers);
    const { sku } = readStrictly(skuOfPath, request.params, 'sku');
    const { quantity } = readStrictly(goods, request.body, 'body');
    const receiptId = hash(client, idempotencyKey);
    const { state, replayed } = await handle.execute(receipt.request({ receiptId, sku, quantity }), {
      cause: cause.request(client, idempotencyKey),
      correlation: receiptId,
      traceparent: traceOf(request, receiptId),
    });
    const first = state as Receipt;
    if (first.sku !== sku || first.quantity !== quantity) throw keyReused();
    if (replayed) reply.header('idempotency-replayed', 'true');
    return reply.code(202).header('refrain-correlation-id', receiptId).send({ receiptId });
  });
  return door;
}
