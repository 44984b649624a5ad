import { defineContract, event, keyed, transient } from '@refrain/contract-kit';
import { defineDecider } from '@refrain/decider';
import { effect, on, service } from '@refrain/runtime';
import { z } from 'zod';

// Two services without any guard of their own: what is decided twice is recorded twice and paid out twice,
// unless the platform catches it.
const id = z.string();

const till = defineContract({
  service: 'till',
  entities: { sale: { id: 'id', events: { Sold: event(1, { id }) } } },
});

const purse = defineContract({
  service: 'purse',
  entities: {
    payout: {
      id: 'id',
      events: { PayoutRequested: event(1, { id }), PaidOut: event(1, { id }), PayoutLost: event(1, { id }) },
    },
  },
  waits: ['PayoutLost'],
  effects: {
    pay: {
      after: 'PayoutRequested',
      dependency: 'bank',
      steps: ['pay'],
      timeoutMs: 1_000,
      repeat: keyed({ horizonMs: 3_600_000 }),
      retry: { attempts: 5, firstDelayMs: 100, maxDelayMs: 1_000 },
      failures: { broken: transient({ happened: 'unknown', givingUp: 'PayoutLost' }) },
    },
  },
});

const sale = defineDecider(
  till,
  'sale',
  {},
)({
  evolve: { Sold: () => {} },
  decide: { sell: (_, data: { id: string }) => [till.Sold(data)] },
});

const payout = defineDecider(
  purse,
  'payout',
  {},
)({
  evolve: { PayoutRequested: () => {}, PaidOut: () => {}, PayoutLost: () => {} },
  decide: {
    request: (_, data: { id: string }) => [purse.PayoutRequested(data)],
    recordPaid: (_, data: { id: string }) => [purse.PaidOut(data)],
  },
});

export const sell = (of: string) => sale.sell({ id: of });
export const requestPayout = (of: string) => payout.request({ id: of });

export const tillService = () => service({ contract: till, deciders: [sale] });

/** Pays out for every sale it hears of. `pay` throws where the answer was lost. */
export const purseService = (pay: (key: string, of: string) => Promise<void>) =>
  service({
    contract: purse,
    deciders: [payout],
    reactions: [on(till.Sold, 'pay out', (data) => payout.request(data))],
    effects: [
      effect(purse, 'pay', {
        pay: async (data, call) => {
          await pay(call.key, data.id);
          return payout.recordPaid(data);
        },
        classify: () => 'broken',
      }),
    ],
  });
