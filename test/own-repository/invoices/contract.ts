import { defineContract, event, keyed, outage, transient } from '@refrain/contract-kit';
import { z } from 'zod';

const orderId = z.string();

// STORED FORMAT: names and fields stay in the log for ever. Never edit one; add a version and its upcast.
export const invoices = defineContract({
  service: 'invoices',
  entities: {
    invoice: {
      id: 'orderId', // one invoice per order
      events: {
        InvoiceRequested: event(1, { orderId }),
        InvoiceWritten: event(1, { orderId, file: z.string() }),
        InvoiceFailed: event(1, { orderId }), // given up: a person looks at it
      },
    },
  },
  waits: ['InvoiceFailed'],
  effects: {
    write: {
      after: 'InvoiceRequested',
      dependency: 'disk',
      steps: ['write'],
      timeoutMs: 2_000,
      // The file bears the key of the operation: written again it is the same file, however late.
      repeat: keyed({ horizonMs: 365 * 24 * 3_600_000 }),
      retry: { attempts: 10, firstDelayMs: 500, maxDelayMs: 30_000 },
      failures: {
        disk_full: outage({ happened: 'no', givingUp: 'InvoiceFailed' }),
        broken_off: transient({ happened: 'unknown', givingUp: 'InvoiceFailed' }),
      },
      retriable: true,
    },
  },
});
