import type { createChargeEndpoints } from './charges.ts';
import type { Endpoint } from './endpoint.ts';
import type { createIntentEndpoints } from './payment-intents.ts';
import type { Step } from './psp-calls.ts';
import type { createRefundEndpoints } from './refunds.ts';

export interface Route {
  readonly step: Step;
  /** The id in the path; empty where the path has none. */
  readonly id: string;
  /** Missing where Stripe has something and this sandbox has not. */
  readonly endpoint?: Endpoint;
}

export type FindRoute = (method: string, path: string) => Route;

type Intents = ReturnType<typeof createIntentEndpoints>;
type Refunds = ReturnType<typeof createRefundEndpoints>;
type Charges = ReturnType<typeof createChargeEndpoints>;

export function createRoutes({
  intents,
  refunds,
  charges,
}: {
  intents: Intents;
  refunds: Refunds;
  charges: Charges;
}): FindRoute {
  const table: [method: string, path: RegExp, step: Step, endpoint: Endpoint][] = [
    ['POST', /^\/v1\/payment_intents$/, 'create', intents.create],
    ['POST', /^\/v1\/payment_intents\/(\w+)\/confirm$/, 'confirm', intents.confirm],
    ['POST', /^\/v1\/payment_intents\/(\w+)\/cancel$/, 'cancel', intents.cancel],
    ['GET', /^\/v1\/payment_intents\/(\w+)$/, 'lookup', intents.retrieve],
    ['POST', /^\/v1\/refunds$/, 'refund', refunds.create],
    ['GET', /^\/v1\/refunds$/, 'lookup', refunds.list],
    ['GET', /^\/v1\/charges$/, 'lookup', charges.list],
  ];
  return (method, path) => {
    for (const [wanted, pattern, step, endpoint] of table) {
      const match = wanted === method && pattern.exec(path);
      if (match) return { step, id: match[1] ?? '', endpoint };
    }
    return { step: 'other', id: '' };
  };
}
