import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AddressInfo } from 'node:net';
import type { Logger } from '@refrain/telemetry';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openConsole } from './console.ts';

const logger: Logger = { debug() {}, info() {}, warn() {}, error() {}, routine: () => {} };
const settings = {
  dataFolder: join(tmpdir(), 'refrain-where-no-shop-is'),
  port: 0,
  host: '127.0.0.1',
  token: 'a-token-of-24-characters',
  readOnly: false,
  traceUrlTemplate: undefined,
  logLevel: 'info',
};
const { door, close } = openConsole(settings, logger, () => ({ state: 'building' }));
beforeAll(async () => void (await door.listen({ host: settings.host, port: settings.port })));
afterAll(close);

const portOf = (): number => (door.server.address() as AddressInfo).port;

/** Asks for a path exactly as it is written: nobody on the way makes it nicer. */
const statusOf = async (path: string, method = 'GET', headers = {}): Promise<number | undefined> =>
  await new Promise((resolve, reject) => {
    const asked = request({ port: portOf(), path, method, headers, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asked.on('error', reject).end();
  });

test.each([
  '/api/orders',
  '/%61pi/orders',
  '/ap%69/live',
  'http://elsewhere/api/orders',
  '/api/orders#x',
  '/api/none',
])('without the token nothing is told at %s, however the path is written', async (path) => {
  expect(await statusOf(path)).toBe(401);
  expect(await statusOf(path, 'HEAD')).toBe(401);
});

test.each(['/', '/orders/x', '/api%2Forders', '//api/orders', '/../package.json'])(
  'what is not of the API is the page: %s',
  async (path) => {
    expect(await statusOf(path)).toBe(503); // it is being built
  },
);

test('what is open says so', async () => {
  expect(await statusOf('/health/live')).toBe(200);
  expect(await statusOf('/api/session')).toBe(200);
});

test('a page from elsewhere takes nobody’s place, and may lead here', async () => {
  const from = (site: string) => ({ 'sec-fetch-site': site, authorization: `Bearer ${settings.token}` });
  for (const site of ['cross-site', 'same-site'])
    expect(await statusOf('/api/live', 'GET', from(site))).toBe(403);
  for (const site of ['same-origin', 'none'])
    expect(await statusOf('/api/live', 'GET', from(site))).toBe(200);
  expect(await statusOf('/', 'GET', from('cross-site'))).toBe(503); // it is being built
});
