import type { ServerResponse } from 'node:http';
import { beforeEach, expect, test } from 'vitest';
import { serverOf } from '../server.fixture.ts';
import { createOrdersClient } from './orders-client.ts';

/** An answer of which only the beginning comes. */
function breakOff(response: ServerResponse): void {
  response.writeHead(202, { 'content-type': 'application/json', 'content-length': 1_000 });
  response.write('{"orderId":');
  setImmediate(() => response.destroy());
}

let keys: (string | undefined)[];
let answers: ((response: ServerResponse) => void)[];
beforeEach(() => {
  keys = [];
});

const client = async () => {
  const url = await serverOf((request, response) => {
    keys.push(request.headers['idempotency-key']?.toString());
    answers.shift()?.(response);
  });
  return createOrdersClient({ url, patienceMs: 5_000 });
};

test('an answer that breaks off is none: the order is sent again under its key', async () => {
  const whole = (response: ServerResponse) =>
    response.writeHead(202).end('{"orderId":"one","status":"placed"}');
  answers = [breakOff, whole];
  const body = { customer: { email: 'ada@example.org' }, lines: [], paymentMethod: 'pm' };
  expect(await (await client()).place(body, 'key')).toMatchObject({ outcome: 'accepted', orderId: 'one' });
  expect(keys).toEqual(['key', 'key']);
});

test('what is looked at is asked for again where the answer breaks off', async () => {
  const found = { orderId: 'one', status: 'placed' };
  answers = [breakOff, (response) => response.end(JSON.stringify(found))];
  expect(await (await client()).find('one')).toMatchObject({ orderId: 'one' });
});
