import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { orders } from '@refrain/contract-orders';
import { effect, on, service } from '@refrain/runtime';
import { invoices } from './contract.ts';
import { invoice } from './invoice.ts';

const isFull = (error: unknown): boolean => (error as { code?: unknown }).code === 'ENOSPC';

/** One invoice per completed order, as a file. `folder`: where they go. */
export const invoicesService = (folder: string) =>
  service({
    contract: invoices,
    deciders: [invoice],
    // STORED FORMAT: the names of reactions are part of the ids of what they record.
    reactions: [on(orders.OrderCompleted, 'write the invoice', (order) => invoice.request(order))],
    effects: [
      effect(invoices, 'write', {
        write: async ({ orderId }, { key }) => {
          const file = join(folder, `${key}.txt`);
          await mkdir(folder, { recursive: true });
          await writeFile(`${file}.new`, `Invoice for order ${orderId}\n`);
          await rename(`${file}.new`, file);
          return invoice.recordWritten({ orderId, file });
        },
        classify: (error) => (isFull(error) ? 'disk_full' : 'broken_off'),
      }),
    ],
  });
