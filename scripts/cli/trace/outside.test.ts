import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FoundShop } from '../shop-at.ts';
import { outsideOf } from './outside.ts';

const charged = {
  kind: 'charge',
  id: 'c1',
  orderId: 'o1',
  operationId: 'op1',
  amount: 300,
  at: '2030-01-01T00:00:00.000Z',
};
/** The provider answers, the mail server hangs. */
const servers: Server[] = [
  createServer(({ url }, response) => response.end(JSON.stringify(url === '/ledger' ? [charged] : []))),
  createServer(() => {}),
];
let shop: FoundShop;
beforeAll(async () => {
  const processes = await Promise.all(
    ['psp', 'mail'].map(async (name, index) => {
      const server = servers[index]?.listen(0, '127.0.0.1') as Server;
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      return { name, url: `http://127.0.0.1:${port}`, status: 'ready', pid: 1, startTime: '1' } as const;
    }),
  );
  shop = { processes } as unknown as FoundShop;
});
afterAll(() => {
  for (const server of servers) server.close().closeAllConnections();
});

test('a sandbox that hangs is named in time, and what the other knows is told', async () => {
  const began = performance.now();
  const { facts, missing } = await outsideOf(shop, 'o1', ['op1'], 200);
  expect(performance.now() - began).toBeLessThan(3_000);
  expect(facts).toMatchObject([{ kind: 'ledger', where: 'psp', operationId: 'op1' }]);
  expect(missing).toEqual(['mail']);
});
