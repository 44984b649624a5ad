import type { Incoming } from '../door/http.ts';
import { type Form, readForm } from './form.ts';
import type { IntentStore } from './payment-intent.ts';
import type { PspCall } from './psp-calls.ts';
import type { Route } from './routes.ts';
import { StripeFault } from './stripe-fault.ts';

/** A request to Stripe's side, read as far as it can be read. */
export interface Arrival {
  readonly method: string;
  readonly path: string;
  /** The parameters in the order of their names, so that two equal sets are equal texts. */
  readonly body: string;
  readonly authorization: string | undefined;
  readonly idempotencyKey: string | null;
  readonly operationId: string | null;
  readonly correlationId: string | null;
}

export function readArrival({ method, path, query, headers, body }: Incoming): Arrival {
  const parameters = method === 'POST' ? new URLSearchParams(body) : query;
  parameters.sort();
  const header = (name: string) => headers[name]?.toString() ?? null;
  return {
    method,
    path,
    body: parameters.toString(),
    authorization: headers.authorization,
    idempotencyKey: method === 'POST' ? header('idempotency-key') : null, // elsewhere Stripe ignores it
    operationId: header('refrain-operation-id'),
    correlationId: header('refrain-correlation-id'),
  };
}

/**
 * Whom the call concerns, for its record: known also of a call that is refused before anybody looks at it.
 */
export function concernOf(arrival: Arrival, { route, intents }: { route: Route; intents: IntentStore }) {
  const form = readLeniently(arrival.body);
  const intentId = route.id || form['payment_intent'];
  const own = form['metadata'] as Record<string, string> | undefined;
  const metadata = own ?? (typeof intentId === 'string' ? intents.find(intentId)?.metadata : undefined);
  return {
    operationId: arrival.operationId ?? metadata?.['operationId'] ?? null,
    orderId: metadata?.['orderId'] ?? null,
    correlationId: arrival.correlationId,
  } satisfies Partial<PspCall>;
}

function readLeniently(body: string): Form {
  try {
    return readForm(body);
  } catch (error) {
    if (error instanceof StripeFault) return {}; // the call itself is refused for it, in its turn
    throw error;
  }
}
