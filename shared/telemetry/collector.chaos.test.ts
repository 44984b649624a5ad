import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { MetricReading } from './metrics.ts';
import { type Protocol, startTelemetry, type Telemetry } from './start.ts';

const QUEUE_MAX = 100;
const said: string[] = [];
const logger = {
  info: (_: object, text: string) => void said.push(text),
  warn: (_: object, text: string) => void said.push(text),
};
let server: Server;
/** What the collector does with a request: `undefined`, nothing at all. */
let status: number | undefined;
let bytes: number;
let telemetry: Telemetry;

beforeEach(async () => {
  [status, bytes, said.length] = [200, 0, 0];
  server = createServer((request, response) => {
    request.on('data', (chunk: Buffer) => (bytes += chunk.length));
    request.on('end', () => status !== undefined && response.writeHead(status).end());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});
afterEach(async () => {
  await telemetry.stop();
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});

const start = async (protocol: Protocol = 'http/protobuf'): Promise<void> => {
  telemetry = await startTelemetry({
    service: 'toys',
    instance: 'toys-1',
    settings: {
      traces: protocol,
      metrics: protocol,
      sampler: 'always_on',
      share: 1,
      queueMax: QUEUE_MAX,
      batchMax: 10,
      everyMs: 20,
      metricsEveryMs: 60_000,
    },
    logger,
  });
};
const patiently = { timeout: 20_000, interval: 20 };
const spans = (count: number): void => {
  for (let i = 0; i < count; i++)
    telemetry.tracing.start({ name: 'work', parent: undefined, flow: `${i}` }).end();
};
const msOf = async (work: () => Promise<void>): Promise<number> => {
  const from = performance.now();
  await work();
  return performance.now() - from;
};

test('a collector that works takes all of them', async () => {
  // What of it the SDK reads by itself must not stand in the way.
  vi.stubEnv('OTEL_TRACES_SAMPLER', 'always_off');
  await start();
  spans(50);
  await expect.poll(telemetry.spanCounts, patiently).toEqual({ sent: 50, thinned: 0, dropped: 0, failed: 0 });
  expect(bytes).toBeGreaterThan(1_000);
});

test('a collector that hangs costs what its queue does not hold, counted, and a stop two seconds at most', async () => {
  status = undefined;
  await start();
  expect(await msOf(async () => spans(1_000))).toBeLessThan(500);
  const { sent, dropped, failed } = telemetry.spanCounts();
  expect([sent, failed]).toEqual([0, 0]);
  expect(dropped).toBeGreaterThanOrEqual(1_000 - QUEUE_MAX - 10);
  expect(await msOf(() => telemetry.stop())).toBeLessThan(2_500);
  expect(said).toEqual(['what was left of traces and metrics was not delivered']);
});

test('nobody listens: spans are counted as failed, it is said once, and once more when it works again', async () => {
  status = 400;
  await start();
  spans(30);
  await expect.poll(telemetry.spanCounts, patiently).toMatchObject({ sent: 0, failed: 30 });
  status = 200;
  spans(30);
  await expect.poll(telemetry.spanCounts, patiently).toMatchObject({ sent: 30, failed: 30, dropped: 0 });
  expect(said).toEqual(['the collector does not take traces', 'the collector takes traces again']);
});

test('a collector that is gone from the start holds up neither work nor stop', async () => {
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', 'http://127.0.0.1:1');
  await start();
  telemetry.tellMetrics(async () => []);
  expect(await msOf(async () => spans(30))).toBeLessThan(500);
  expect(await msOf(() => telemetry.stop())).toBeLessThan(2_500);
  expect(telemetry.spanCounts().sent).toBe(0);
});

const made: MetricReading = {
  name: 'made',
  declared: { kind: 'counter', help: 'What was made.', attributes: [] },
  series: [{ attributes: {}, value: 1, count: 0, counts: [] }],
};

/** What gRPC answers a call with that went well: a message of no bytes behind its five bytes of length. */
const EMPTY_ANSWER = Buffer.alloc(5);

test('a collector that speaks gRPC is told traces, and metrics with the last of them', async () => {
  const calls = new Map<string, number>();
  const collector = createHttp2Server().listen(0, '127.0.0.1');
  collector.on('stream', (stream, { ':path': path = '' }) => {
    stream.on('data', (chunk: Buffer) => calls.set(path, (calls.get(path) ?? 0) + chunk.length));
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.on('end', () => {
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.end(EMPTY_ANSWER);
    });
  });
  await once(collector, 'listening');
  const { port } = collector.address() as AddressInfo;
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `http://127.0.0.1:${port}`);
  await start('grpc');
  telemetry.tellMetrics(async () => [made]);
  spans(50);
  await expect.poll(telemetry.spanCounts, patiently).toEqual({ sent: 50, thinned: 0, dropped: 0, failed: 0 });
  await telemetry.stop();
  const of = (signal: string): number | undefined =>
    calls.get(`/opentelemetry.proto.collector.${signal.toLowerCase()}.v1.${signal}Service/Export`);
  expect(of('Trace')).toBeGreaterThan(1_000);
  expect(of('Metrics')).toBeGreaterThan(0);
  collector.close();
});
