import { once } from 'node:events';
import { createServer, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { newSpanId } from './clock.ts';
import { traceHttpCalls } from './http-calls.ts';
import { samplingOf } from './sampling.ts';
import type { ToldSpan } from './told-span.ts';
import { createTracing } from './tracing.ts';

const parent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const spans: ToldSpan[] = [];
const heard: (string | undefined)[] = [];
const server = createServer((request, response) => {
  heard.push(request.headers['traceparent']?.toString());
  response.writeHead(request.url === '/declined' ? 402 : 200).end();
});
let port: number;

beforeAll(async () => {
  const sampling = samplingOf('always_on', 1);
  const tell = (span: ToldSpan): void => void spans.push(span);
  traceHttpCalls(createTracing({ sampling, tell, now: () => performance.now(), newSpanId }).tracing);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());
beforeEach(() => {
  spans.length = 0;
  heard.length = 0;
});

async function call(path: string, headers: Record<string, string>, to = port): Promise<void> {
  const request = send({ host: '127.0.0.1', port: to, path, method: 'POST', headers });
  const ended = new Promise<void>((resolve) => {
    request.once('error', () => resolve());
    request.once('response', (response) => response.resume().once('end', () => resolve()));
  });
  request.end('{}');
  await ended;
}

test('a request below an attempt is a span of its own, and the provider hears of that one', async () => {
  await call('/v1/charges?email=a@b', { traceparent: parent, 'refrain-correlation-id': 'ord-7' });
  const [span] = spans;
  expect(span).toMatchObject({ name: 'POST', kind: 'client', parentSpanId: '00f067aa0ba902b7' });
  expect(span?.attributes).toEqual({
    'refrain.correlation': 'ord-7',
    'http.request.method': 'POST',
    'server.address': '127.0.0.1',
    'server.port': port,
    'url.full': `http://127.0.0.1:${port}/v1/charges`,
    'http.response.status_code': 200,
  });
  expect(heard).toEqual([`00-${span?.traceId}-${span?.spanId}-01`]);
});

test('a refusal and a request that nobody takes have the class of their error', async () => {
  await call('/declined', { traceparent: parent });
  await call('/', { traceparent: parent }, 1);
  expect(spans.map(({ attributes }) => attributes['error.type'])).toEqual(['402', 'ECONNREFUSED']);
});

test('a request that belongs to no trace is none', async () => {
  await call('/v1/charges', {});
  expect([spans, heard]).toEqual([[], [undefined]]);
});
