import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createOrdersClient } from './orders-client.ts';

/** An answer of which only the beginning comes. */
function breakOff(response: ServerResponse): void {
  response.writeHead(202, { 'content-type': 'application/json', 'content-length': 1_000 });
  response.write('{"orderId":');
  setImmediate(() => response.destroy());
}

let keys: (string | undefined)[];
let answers: ((response: ServerResponse) => void)[];
const orders = createServer((request, response) => {
  keys.push(request.headers['idempotency-key']?.toString());
  answers.shift()?.(response);
});

beforeEach(async () => {
  keys = [];
  await once(orders.listen(0, '127.0.0.1'), 'listening');
});
afterEach(async () => {
  orders.closeAllConnections();
  await once(orders.close(), 'close');
});

const client = () =>
  createOrdersClient({
    url: `http://127.0.0.1:${(orders.address() as AddressInfo).port}`,
    patienceMs: 5_000,
  });

test('an answer that breaks off is none: the order is sent again under its key', async () => {
  const whole = (response: ServerResponse) =>
    response.writeHead(202).end('{"orderId":"one","status":"placed"}');
  answers = [breakOff, whole];
  const body = { customer: { email: 'ada@example.org' }, lines: [], paymentMethod: 'pm' };
  expect(await client().place(body, 'key')).toMatchObject({ outcome: 'accepted', orderId: 'one' });
  expect(keys).toEqual(['key', 'key']);
});

test('what is looked at is asked for again where the answer breaks off', async () => {
  const found = { orderId: 'one', status: 'placed' };
  answers = [breakOff, (response) => response.end(JSON.stringify(found))];
  expect(await client().find('one')).toMatchObject({ orderId: 'one' });
});
