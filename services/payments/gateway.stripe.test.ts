import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { ProviderFault } from './gateway.ts';
import { stripeGateway } from './gateway.stripe.ts';

const controller = new AbortController();
const call = {
  key: 'op.1.confirm',
  keyOf: (step: string) => `op.1.${step}`,
  operationId: 'op',
  correlationId: 'flow',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  signal: controller.signal,
  note: () => {},
};
const payment = {
  orderId: 'ord-7',
  amount: { minor: 1_250, currency: 'EUR' },
  paymentMethod: 'pm_card_visa',
} as const;

/** A provider that answers every request alike; `requests` is what it got. */
async function openProvider(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const requests: { method: string; path: string; headers: IncomingMessage['headers']; body: string }[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      requests.push({
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body,
      });
      answer(request, response);
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const gateway = stripeGateway({ apiKey: 'sk_test_refrain', url });
  const close = () => new Promise<void>((closed) => server.close(() => closed()));
  onTestFinished(async () => {
    gateway.close();
    server.closeAllConnections();
    await close();
  });
  return { gateway, requests, close };
}

const json =
  (status: number, body: object, headers: Record<string, string> = {}) =>
  (_: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };

const refused = (type: string, more: object = {}) => ({ error: { type, message: 'no', ...more } });

test.each(['sk_live_1', 'rk_live_1', ''])('the key "%s" is refused before anything is sent', (apiKey) => {
  expect(() => stripeGateway({ apiKey })).toThrow('RF_CONFIG');
});

test('a request says which operation of which flow it belongs to', async () => {
  const { gateway, requests } = await openProvider(json(200, { id: 'pi_1' }));
  expect(await gateway.create(payment, call)).toBe('pi_1');
  expect(requests[0]?.headers).toMatchObject({
    'idempotency-key': 'op.1.confirm',
    'refrain-correlation-id': 'flow',
    'refrain-operation-id': 'op',
    traceparent: call.traceparent,
  });
  const body = new URLSearchParams(requests[0]?.body);
  expect(body.get('amount')).toBe('1250');
  expect(body.get('metadata[orderId]')).toBe('ord-7');
  expect(body.get('metadata[operationId]')).toBe('op');
});

test.each([
  [
    'a declined card',
    402,
    refused('card_error', { code: 'card_declined' }),
    {},
    { failure: 'card_declined' },
  ],
  [
    'a payment method that it does not know',
    400,
    refused('invalid_request_error', { code: 'resource_missing', param: 'payment_method' }),
    {},
    { failure: 'payment_method_refused' },
  ],
  [
    'too many requests',
    429,
    refused('invalid_request_error'),
    { 'retry-after': '3' },
    { failure: 'provider_busy', retryAfterMs: 3_000 },
  ],
  [
    'a key in use',
    409,
    refused('idempotency_error', { code: 'idempotency_key_in_use' }),
    {},
    { failure: 'key_in_progress' },
  ],
  ['a 500', 500, refused('api_error'), {}, { failure: 'provider_error', replayed: false }],
  [
    'a stored 500',
    500,
    refused('api_error'),
    { 'idempotent-replayed': 'true' },
    { failure: 'provider_error', replayed: true },
  ],
  [
    'a payment that has succeeded already',
    400,
    refused('invalid_request_error', { code: 'payment_intent_unexpected_state' }),
    {},
    { failure: 'provider_error', replayed: true },
  ],
  [
    'a payment that is still being processed',
    200,
    { id: 'pi_1', status: 'processing' },
    {},
    { failure: 'provider_error', replayed: true },
  ],
  [
    'a card that asks for its holder',
    200,
    { id: 'pi_1', status: 'requires_action' },
    {},
    { failure: 'card_declined' },
  ],
])('%s is understood, after one request', async (_, status, body, headers, fault) => {
  const { gateway, requests } = await openProvider(json(status, body, headers));
  await expect(gateway.confirm('pi_1', call)).rejects.toMatchObject({ name: 'ProviderFault', ...fault });
  expect(requests).toHaveLength(1);
});

test('an answer that nobody expected is a defect', async () => {
  const { gateway } = await openProvider(json(401, refused('authentication_error')));
  const error: unknown = await gateway.confirm('pi_1', call).catch((failure: unknown) => failure);
  expect(error).not.toBeInstanceOf(ProviderFault);
});

test('a page instead of an answer is an error of the provider', async () => {
  const { gateway } = await openProvider((_, response) => response.writeHead(502).end('<html>'));
  await expect(gateway.confirm('pi_1', call)).rejects.toMatchObject({ failure: 'provider_error' });
});

test('a connection that closes is one request, and its outcome unknown', async () => {
  const { gateway, requests } = await openProvider((request) => request.socket.resetAndDestroy());
  await expect(gateway.confirm('pi_1', call)).rejects.toMatchObject({ failure: 'provider_error' });
  expect(requests).toHaveLength(1);
});

test('an answer that breaks off is one request, and its outcome unknown', async () => {
  const { gateway, requests } = await openProvider((_, response) => {
    response.writeHead(200, { 'content-length': '100' }).write('{"id":');
    setTimeout(() => response.destroy(), 20);
  });
  await expect(gateway.confirm('pi_1', call)).rejects.toMatchObject({ failure: 'provider_error' });
  expect(requests).toHaveLength(1);
});

test('where nobody listens, nothing happened', async () => {
  const { gateway, close } = await openProvider(json(200, {}));
  await close();
  await expect(gateway.confirm('pi_1', call)).rejects.toMatchObject({ failure: 'provider_down' });
});

test('the request ends with the time of its attempt', async () => {
  const { gateway, requests } = await openProvider(() => {});
  const over = new AbortController();
  const confirmed = gateway.confirm('pi_1', { ...call, signal: over.signal });
  await expect.poll(() => requests.length).toBe(1);
  over.abort();
  await expect(confirmed).rejects.toMatchObject({ failure: 'provider_error' });
});

test.each(['succeeded', 'canceled'])(
  'a cancellation that comes too late says that it had %s',
  async (status) => {
    const error = { code: 'payment_intent_unexpected_state', payment_intent: { id: 'pi_1', status } };
    const { gateway } = await openProvider(json(400, refused('invalid_request_error', error)));
    expect(await gateway.cancel('pi_1', call)).toBe(status === 'succeeded' ? 'captured' : 'cancelled');
  },
);

test('what went back is what stands', async () => {
  const data = [
    { amount: 1_000, status: 'succeeded' },
    { amount: 250, status: 'failed' },
  ];
  const { gateway, requests } = await openProvider(json(200, { object: 'list', data, has_more: false }));
  expect(await gateway.refundedOf('pi_1', call)).toBe(1_000);
  expect(requests[0]?.path).toContain('payment_intent=pi_1');
});

test('what was moved in a span is asked for page by page, and only what bears our names is told', async () => {
  const metadata = { orderId: 'ord-7', operationId: 'op' };
  const charge = { id: 'ch_1', status: 'succeeded', amount: 1_250, payment_intent: 'pi_1', metadata };
  const others = [
    { ...charge, id: 'ch_2', metadata: {} },
    { ...charge, id: 'ch_3', status: 'failed' },
    { ...charge, id: 'ch_4', payment_intent: null },
  ];
  const data = [charge, ...others];
  const { gateway, requests } = await openProvider(json(200, { object: 'list', has_more: true, data }));
  const asked = { span: { from: 1_999, to: 9_001 }, after: 'ch_0' };
  const asking = { correlationId: 'boot', traceparent: call.traceparent, signal: controller.signal };
  const money = { orderId: 'ord-7', operationId: 'op', providerRef: 'pi_1' };
  const page = { moved: [{ ...money, amount: { minor: 1_250, currency: 'EUR' } }], next: 'ch_4' };
  expect(await gateway.charged(asked, asking)).toEqual(page);
  expect(await gateway.refunded({ ...asked, after: undefined }, asking)).toEqual(page);
  const [charges, refunds] = requests.map(({ path }) => decodeURIComponent(path));
  const span = 'created[gte]=1&created[lte]=10&limit=100';
  expect([charges, refunds]).toEqual([`/v1/charges?${span}&starting_after=ch_0`, `/v1/refunds?${span}`]);
  expect(requests[0]?.headers['refrain-operation-id']).toBeUndefined();
});
