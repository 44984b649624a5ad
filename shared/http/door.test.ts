import { execFileSync } from 'node:child_process';
import { RefrainError } from '@refrain/errors';
import { type AddressInfo, connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { openDoor } from './door.ts';
import { requestKeyOf } from './idempotency.ts';
import { readStrictly } from './problem.ts';

function open(throws?: Error) {
  const defects: unknown[] = [];
  let ready = true;
  const door = openDoor({ isReady: () => ready, onDefect: (error) => defects.push(error) });
  door.post('/things', async ({ body }) => {
    if (throws) throw throws;
    return readStrictly(z.strictObject({ n: z.int() }), body, 'body');
  });
  return { door, defects, setReady: (now: boolean) => (ready = now) };
}

const post = { method: 'POST', url: '/things', payload: { n: 1 } } as const;

test('it says that it lives, and whether it is ready', async () => {
  const { door, setReady } = open();
  expect((await door.inject('/health/live')).json()).toEqual({ status: 'live' });
  expect((await door.inject('/health/ready')).statusCode).toBe(200);
  setReady(false);
  expect((await door.inject('/health/ready')).statusCode).toBe(503);
});

test('it tells its metrics where it has some, in their own format', async () => {
  expect((await open().door.inject('/metrics')).statusCode).toBe(404);
  const type = 'text/plain; version=0.0.4; charset=utf-8';
  const door = openDoor({ isReady: () => true, metrics: { type, page: async () => 'a 1\n' } });
  const answer = await door.inject('/metrics');
  expect([answer.statusCode, answer.headers['content-type'], answer.body]).toEqual([200, type, 'a 1\n']);
  expect((await door.inject({ url: '/metrics', headers: { host: 'evil.example' } })).statusCode).toBe(421);
});

test.each(['127.0.0.1:4010', 'localhost', '[::1]:4010'])('a request for %s is seen', async (host) => {
  const { door } = open();
  expect((await door.inject({ ...post, headers: { host } })).statusCode).toBe(200);
});

test.each(['evil.example', '127.0.0.1.evil.example', 'localhost.', '0.0.0.0'])(
  'a request for "%s" is not',
  async (host) => {
    const { door } = open();
    const response = await door.inject({ ...post, headers: { host } });
    expect(response.statusCode).toBe(421);
    expect(response.headers['content-type']).toBe('application/problem+json');
    expect(response.json()).toMatchObject({ type: 'urn:refrain:problem:host-refused', status: 421 });
  },
);

test('a door may be opened for other names, or for all', async () => {
  const from = async (hosts: 'any' | string[], host: string) => {
    const door = openDoor({ isReady: () => true, hosts });
    return (await door.inject({ url: '/health/live', headers: { host } })).statusCode;
  };
  expect(await from(['192.168.1.5'], '192.168.1.5:4000')).toBe(200);
  expect(await from(['192.168.1.5'], 'evil.example')).toBe(421);
  expect(await from('any', 'shop.example:4000')).toBe(200);
});

const type = (name: string) => ({ headers: { 'content-type': name } });

test.each([
  ['a body of another kind', { ...type('text/plain'), payload: '{"n":1}' }, 415, 'media-type-refused'],
  ['a form', { ...type('application/x-www-form-urlencoded'), payload: 'n=1' }, 415, 'media-type-refused'],
  ['what is no JSON', { ...type('application/json'), payload: '{' }, 400, 'body-invalid'],
  ['an empty body', { ...type('application/json'), payload: '' }, 400, 'body-invalid'],
  [
    'a body with a prototype',
    { ...type('application/json'), payload: '{"__proto__":{},"n":1}' },
    400,
    'body-invalid',
  ],
  ['a field too many', { payload: { n: 1, m: 2 } }, 400, 'body-invalid'],
  ['a body too large', { payload: { n: 'x'.repeat(70_000) } }, 413, 'body-too-large'],
  ['a place that is not', { url: '/other' }, 404, 'not-found'],
])('%s is a problem of a stable type', async (_, request, status, name) => {
  const { door, defects } = open();
  const response = await door.inject({ ...post, ...request });
  expect(response.json()).toMatchObject({ type: `urn:refrain:problem:${name}`, status });
  expect(response.statusCode).toBe(status);
  expect(defects).toEqual([]);
});

const detailOf = async (request: object): Promise<string> =>
  (await open().door.inject({ ...post, ...request })).json<{ detail: string }>().detail;

test('what is wrong is said in plain words, with one full stop each', async () => {
  expect(await detailOf({ payload: {} })).toBe(
    'The body cannot be taken as sent, and nothing was done. n: is missing.',
  );
  expect(await detailOf({ payload: { n: 'x', m: 1 } })).toBe(
    'The body cannot be taken as sent, and nothing was done. n: expected a number, found a string. the body: does not know m.',
  );
  expect(await detailOf({ ...type('text/plain'), payload: '1' })).toContain('Content-Type: application/json');
  expect(await detailOf({ payload: { n: 'x'.repeat(70_000) } })).toContain('65536 bytes');
  expect(await detailOf({ url: '/other' })).toContain(
    'There is: GET /health/live, GET /health/ready, POST /things.',
  );
});

test('a place that takes other methods says which', async () => {
  const response = await open().door.inject({ method: 'DELETE', url: '/things?x=1' });
  expect([response.statusCode, response.headers['allow']]).toEqual([405, 'POST']);
  expect(response.json()).toMatchObject({ type: 'urn:refrain:problem:method-refused' });
});

async function says(bytes: string): Promise<string> {
  const { door } = open();
  onTestFinished(() => door.close());
  await door.listen({ host: '127.0.0.1', port: 0 });
  const socket = connect((door.server.address() as AddressInfo).port, '127.0.0.1');
  socket.write(bytes);
  let said = '';
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    said += chunk.toString();
    if (said.includes('"detail"')) break;
  }
  return said;
}

test.each([
  ['garbage', 'garbage\r\n\r\n', 400, 'request-invalid'],
  ['too many headers', `GET / HTTP/1.1\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, 431, 'headers-too-large'],
  ['no Host', 'GET /things HTTP/1.1\r\nconnection: close\r\n\r\n', 421, 'host-refused'],
  ['a bad URL', 'GET /%zz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n', 400, 'url-invalid'],
])('%s is answered as a problem, too', async (_, bytes, status, name) => {
  const said = await says(bytes);
  expect(said).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(said.toLowerCase()).toContain('content-type: application/problem+json');
  expect(said).toContain(`urn:refrain:problem:${name}`);
});

test('an error that nobody expected is told to us, not to the caller', async () => {
  const { door, defects } = open(new Error('secret'));
  const response = await door.inject(post);
  expect(response.statusCode).toBe(500);
  expect(response.json()).toMatchObject({ type: 'urn:refrain:problem:defect' });
  expect(response.body).not.toContain('secret');
  expect(defects).toHaveLength(1);
});

test.each([
  ['RF_STOPPING', 'Nothing was recorded.'],
  ['RF_BUSY', 'Nothing was recorded.'],
  ['RF_APPEND_CONFLICT', 'Nothing was recorded.'],
  ['RF_APPEND_UNKNOWN', 'It may have been recorded.'],
] as const)('%s asks for the same request again, and says what is known: %s', async (code, known) => {
  const { door } = open(new RefrainError(code, {}));
  const response = await door.inject(post);
  expect(response.statusCode).toBe(503);
  expect(response.headers['retry-after']).toBe('1');
  expect(response.json<{ detail: string }>().detail).toContain(known);
});

test('a trace that the request belongs to is given back, an invalid one is not', async () => {
  const { door } = open();
  const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
  const headers = (value: string) => ({ ...post, headers: { traceparent: value } });
  expect((await door.inject(headers(traceparent))).headers['traceparent']).toBe(traceparent);
  expect((await door.inject(headers('00-zz'))).headers['traceparent']).toBeUndefined();
});

test('the key of a request has its limits, and its scope is the client', () => {
  const key = (idempotency: string, client?: string) =>
    requestKeyOf({
      'idempotency-key': idempotency,
      ...(client !== undefined && { 'refrain-client': client }),
    });
  expect(key('k')).toEqual({ client: 'shop', idempotencyKey: 'k' });
  expect(key('k'.repeat(255), 'a_B-1')).toMatchObject({ client: 'a_B-1' });
  for (const bad of ['', 'k'.repeat(256), 'two words', 'ä'])
    expect(() => key(bad)).toThrow(/Nothing was done|nothing was done/);
  for (const bad of ['', 'a b', 'x'.repeat(65)]) expect(() => key('k', bad)).toThrow(/nothing was done/);
});

test('a door is opened without what it does not use: Node’s fetch, and fastify’s compilers of schemas', () => {
  const program = `
    const { openDoor } = await import('./door.ts');
    openDoor({ isReady: () => true });
    const { createRequire } = await import('node:module');
    const { cache } = createRequire(import.meta.url);
    console.log(JSON.stringify([...process.moduleLoadList, ...Object.keys(cache)]));`;
  const said = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  });
  const loaded = JSON.parse(said) as string[];
  expect(loaded.some((name) => name.includes('/fastify/'))).toBe(true);
  expect(loaded.filter((name) => /undici|\/ajv\/|-compiler\//.test(name))).toEqual([]);
});

test('a route that brings a schema is refused at once, saying what to do instead', async () => {
  const { door } = open();
  door.post('/with-schema', { schema: { body: { type: 'object' } } }, async () => 'never');
  await expect(async () => door.ready()).rejects.toThrow('check the body in its handler');
});
