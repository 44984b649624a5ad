import { mkdtempSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Stripe } from 'stripe';
import { onTestFinished } from 'vitest';
import { type PspCall, type PspLedgerLine, type PspOptions, startPsp } from './mod.ts';

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'refrain-psp-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** A sandbox of the test's own, and both ways to talk to it. */
export async function openPsp(options: Partial<PspOptions> = {}) {
  const psp = await startPsp({ dataDir: temporaryFolder(), ...options });
  onTestFinished(() => psp.close());
  return { ...psp, stripe: stripeClient(psp.url), ...controlOf(psp.url) };
}

export function controlOf(url: string) {
  const get = async (path: string) => (await fetch(`${url}${path}`)).json();
  return {
    get,
    ledger: () => get('/ledger') as Promise<PspLedgerLine[]>,
    calls: (query = '') => get(`/calls${query}`) as Promise<PspCall[]>,
    fates: async () => ((await get('/calls')) as PspCall[]).map(({ fate }) => fate),
    setFaults: (faults: object) =>
      fetch(`${url}/faults`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(faults),
      }),
  };
}

type HttpClient = NonNullable<Stripe.StripeConfig['httpClient']>;

/**
 * Stripe's client repeats a request whose connection closed (ECONNRESET, EPIPE), even with no retries
 * allowed. It knows such an error by its code; under another code the error is the caller's, and one call is
 * one request.
 */
export function oneRequestPerCall(inner: HttpClient): HttpClient {
  return {
    getClientName: () => inner.getClientName(),
    makeRequest: (...request) =>
      inner.makeRequest(...request).catch((error: NodeJS.ErrnoException) => {
        throw Object.assign(new Error(error.message, { cause: error }), { code: `CLOSED_${error.code}` });
      }),
  };
}

export function stripeClient(
  url: string,
  { httpClient, key = 'sk_test_refrain' }: { httpClient?: HttpClient; key?: string } = {},
) {
  const agent = new Agent({ keepAlive: true });
  onTestFinished(() => agent.destroy());
  return new Stripe(key, {
    host: '127.0.0.1',
    port: new URL(url).port,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
    timeout: 5_000,
    httpClient: httpClient ?? oneRequestPerCall(Stripe.createNodeHttpClient(agent)),
  });
}

export const metadata = { orderId: 'order-1', operationId: 'operation-1' };

export const intentOf = (stripe: Stripe, { card = 'pm_card_visa', amount = 1_250, key = 'create-1' } = {}) =>
  stripe.paymentIntents.create(
    { amount, currency: 'eur', payment_method: card, metadata },
    { idempotencyKey: key },
  );

/** What a rejected call was rejected with. */
export const failureOf = (call: Promise<unknown>): Promise<Stripe.errors.StripeError> =>
  call.then(
    () => {
      throw new Error('The call succeeded, and it should not have.');
    },
    (error: unknown) => error as Stripe.errors.StripeError,
  );

/** A sandbox with an intent that waits for its confirmation, and a fault. */
export async function openWith(faults: object) {
  const psp = await openPsp();
  const { id } = await intentOf(psp.stripe);
  await psp.setFaults(faults);
  const confirm = () => psp.stripe.paymentIntents.confirm(id, {}, { idempotencyKey: 'confirm-1' });
  return { ...psp, id, confirm };
}
