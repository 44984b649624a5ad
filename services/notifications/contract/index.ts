/** Notifications writes to the customer once, when the order has settled. A mail cannot be taken back. */
import {
  defineContract,
  event,
  outage,
  personal,
  rejected,
  throttled,
  transient,
  unsafe,
} from '@refrain/contract-kit';
import { z } from 'zod';

const orderId = z.string();
const customer = z.strictObject({ email: personal(z.string()) });

// STORED FORMAT: names and fields stay in the log for ever. Never edit one; add a version and its upcast.
export const notifications = defineContract({
  service: 'notifications',
  entities: {
    mail: {
      id: 'orderId', // one mail per order
      events: {
        MailRequested: event(1, {
          orderId,
          customer,
          about: z.enum(['completed', 'cancelled']),
          reason: z.string().optional(), // why it was cancelled
        }),
        MailSent: event(1, { orderId }),
        MailUnresolved: event(1, { orderId }), // refused, or nobody knows: a person decides
      },
    },
  },
  waits: ['MailUnresolved'],
  pivots: ['MailSent'], // nothing takes it back, so it comes last
  effects: {
    send: {
      after: 'MailRequested',
      dependency: 'mail',
      steps: ['send'],
      timeoutMs: 10_000,
      repeat: unsafe(),
      retry: { attempts: 12, firstDelayMs: 500, maxDelayMs: 15_000 },
      failures: {
        mail_refused: outage({ happened: 'no', givingUp: 'MailUnresolved' }), // nobody listens
        mail_busy: throttled({ happened: 'no', givingUp: 'MailUnresolved' }), // 4xx before the text was taken
        mail_rejected: rejected({ records: 'MailUnresolved' }), // 5xx before the text was taken
        mail_unsent: transient({ happened: 'no', givingUp: 'MailUnresolved' }), // broke off before that
        mail_unknown: transient({ happened: 'unknown', givingUp: 'MailUnresolved' }), // broke off after that
      },
    },
  },
});
