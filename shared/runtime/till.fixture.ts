import { defineContract, event, keyed, transient } from '@refrain/contract-kit';
// oxlint-disable-next-line no-restricted-imports -- a contract of tests needs its shapes
import { z } from 'zod';

const id = z.string();
const rule = {
  dependency: 'bank',
  steps: ['call'],
  timeoutMs: 1_000,
  repeat: keyed({ horizonMs: 60_000 }),
  retry: { attempts: 3, firstDelayMs: 100, maxDelayMs: 1_000 },
} as const;
export const names = ['PayAsked', 'Paid', 'PayLost', 'BackAsked', 'Back', 'BackStuck'] as const;
/** A till that takes money and gives it back: one effect, and one that undoes it. */
export const contract = defineContract({
  service: 'till',
  entities: {
    payment: {
      id: 'id',
      events: {
        PayAsked: event(1, { id }),
        Paid: event(1, { id }),
        PayLost: event(1, { id }),
        BackAsked: event(1, { id }),
        Back: event(1, { id }),
        BackStuck: event(1, { id }),
      },
    },
  },
  undoneBy: { Paid: 'Back' },
  waits: ['PayLost', 'BackStuck'],
  effects: {
    pay: {
      ...rule,
      after: 'PayAsked',
      failures: { broken: transient({ happened: 'unknown', givingUp: 'PayLost' }) },
    },
    giveBack: {
      ...rule,
      after: 'BackAsked',
      undoes: 'Paid',
      failures: { broken: transient({ happened: 'unknown', givingUp: 'BackStuck' }) },
    },
  },
}).$contract;
