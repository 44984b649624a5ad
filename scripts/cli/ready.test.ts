import { once } from 'node:events';
import { createServer } from 'node:http';
import { createServer as createListener, type AddressInfo, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { asItSays } from './ready.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listen(server: Server): Promise<number> {
  servers.push(server.listen(0, '127.0.0.1'));
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

const entry = (url: string) => ({ name: 'x', pid: 1, startTime: '1', url, status: 'ready' as const });

test.each([
  [200, 'ready'],
  [503, 'starting'],
])('a door that answers %s is %s', async (status, expected) => {
  const port = await listen(createServer((_, response) => response.writeHead(status).end('{}')));
  expect((await asItSays(entry(`http://127.0.0.1:${port}`), 30_000)).status).toBe(expected);
});

test('a broker that says nothing is not ready', async () => {
  const port = await listen(createListener((socket) => socket.on('error', () => {}).unref()));
  expect((await asItSays(entry(`nats://127.0.0.1:${port}`), 100)).status).toBe('starting');
});

test('what has no door is what run.json says', async () => {
  expect((await asItSays(entry(''))).status).toBe('ready');
});
