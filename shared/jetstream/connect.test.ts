import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectBroker } from './connect.ts';

let frozen: Server;
let sockets: Set<Socket>;
let url: string;

beforeEach(async () => {
  sockets = new Set();
  frozen = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).once('close', () => sockets.delete(socket));
    socket.resume();
  }).listen(0, '127.0.0.1');
  await once(frozen, 'listening');
  url = `nats://127.0.0.1:${(frozen.address() as AddressInfo).port}`;
});
afterEach(() => {
  for (const socket of sockets) socket.destroy();
  frozen.close();
});

test('a broker that takes the connection and says nothing is not waited for, and nothing is left', async () => {
  const startedMs = performance.now();
  await expect(connectBroker({ url, name: 'a test', firstMs: 200 })).rejects.toThrow(
    /RF_UNREACHABLE: nats-server was not reached .*says nothing within 0\.2 s/,
  );
  expect(performance.now() - startedMs).toBeLessThan(2_000);
  await expect.poll(() => sockets.size).toBe(0);
  // A client that goes on trying would come again.
  let came = 0;
  frozen.on('connection', () => came++);
  await new Promise((resolve) => setTimeout(resolve, 600));
  expect(came).toBe(0);
});

test('where nobody listens, the broker is not reached', async () => {
  frozen.close();
  await once(frozen, 'close');
  await expect(connectBroker({ url, name: 'a test' })).rejects.toThrow(/RF_UNREACHABLE.*ECONNREFUSED/);
});
