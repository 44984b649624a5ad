import { parseTraceparent, rootTrace } from '@refrain/contract-kit';
import { expect, test } from 'vitest';
import { WAITING_MAX } from './kept-traces.ts';
import { type Sampler, samplingOf } from './sampling.ts';
import { createTracing } from './tracing.ts';
import type { ToldSpan } from './told-span.ts';

const flowOf = (i: number): string => `flow-${i}`;
const client = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7';
const failed = { type: 'provider_down', message: 'nobody is there' };

function traced(share: number, sampler: Sampler = 'parentbased_traceidratio') {
  const spans: ToldSpan[] = [];
  let ids = 0;
  let ms = 0;
  const { tracing, thinned } = createTracing({
    sampling: samplingOf(sampler, share),
    tell: (span) => spans.push(span),
    now: () => ms++,
    newSpanId: () => String(++ids).padStart(16, '0'),
  });
  const begin = (flow: string, parent?: string) => tracing.start({ name: 'work', parent, flow });
  return { tracing, spans, thinned, begin };
}
const isSampled = (traceparent: string): boolean => parseTraceparent(traceparent)?.flags === 1;

test('a flow begins a trace of its own, whose id is its correlation id in hex', () => {
  const { spans, begin } = traced(1);
  const flow = 'ph2jsso7sjnmovhwywmnupn7ku';
  const root = begin(flow);
  begin(flow, root.traceparent).end();
  root.end();
  expect(spans.map(({ traceId }) => traceId)).toEqual(
    Array(2).fill(parseTraceparent(rootTrace(flow))?.traceId),
  );
  const [below, above] = spans;
  expect([above?.parentSpanId, below?.parentSpanId]).toEqual([undefined, above?.spanId]);
  expect(above?.attributes).toEqual({ 'refrain.correlation': flow });
});

test('of a share, that share is told; which flows, follows from their ids in every process', () => {
  const [one, other] = [traced(0.1), traced(0.1)];
  for (let i = 0; i < 5_000; i++) {
    one.begin(flowOf(i)).end();
    other.begin(flowOf(i)).end();
  }
  expect(one.spans.length).toBeGreaterThan(400);
  expect(one.spans.length).toBeLessThan(600);
  expect(other.spans.map(({ traceId }) => traceId)).toEqual(one.spans.map(({ traceId }) => traceId));
});

test('outside the sample a failure is told, what led to it, and what follows in this and other processes', () => {
  const [here, there] = [traced(0), traced(0)];
  const root = here.begin('flow');
  const heard = there.begin('flow', root.traceparent); // before anybody knew
  heard.end();
  const call = here.begin('flow', root.traceparent);
  call.end(failed);
  root.end();
  expect(here.spans.map(({ spanId }) => spanId).sort()).toEqual(['0000000000000001', '0000000000000002']);
  expect(here.spans.find(({ error }) => error)?.attributes['error.type']).toBe('provider_down');
  expect([isSampled(call.traceparent), isSampled(heard.traceparent)]).toEqual([true, false]);
  there.begin('flow', call.traceparent).end();
  expect(there.spans).toHaveLength(2);
});

test('a span of a retry or a compensation is told, and so is a trace that somebody keeps', () => {
  const { tracing, spans, begin } = traced(0);
  tracing.start({ name: 'again', parent: undefined, flow: 'a', keep: true }).end();
  const other = begin('b');
  other.end();
  expect(spans.map(({ name }) => name)).toEqual(['again']);
  expect(isSampled(tracing.keep(other.traceparent))).toBe(true);
  expect(spans).toHaveLength(2);
});

test('what waits is bounded: the oldest trace goes first, and is counted', () => {
  const { tracing, spans, thinned, begin } = traced(0);
  const all = Array.from({ length: WAITING_MAX + 100 }, (_, i) => begin(flowOf(i)));
  for (const span of all) span.end();
  expect(thinned()).toBe(100);
  for (const span of all) tracing.keep(span.traceparent);
  expect(spans).toHaveLength(WAITING_MAX);
});

test.each([
  ['always_on', false, true],
  ['always_off', true, false],
  ['traceidratio', true, false],
  ['parentbased_always_on', false, false],
  ['parentbased_always_off', true, true],
  ['parentbased_traceidratio', true, true],
] as const)('%s: of a client that sampled (%s), its trace is told: %s', (sampler, sampled, told) => {
  const { tracing, spans } = traced(0, sampler);
  const parent = `${client}-0${sampled ? 1 : 0}`;
  tracing.start({ name: 'POST', kind: 'server', parent, flow: 'f', foreign: true }).end();
  expect(spans.length).toBe(told ? 1 : 0);
});

test('where nobody wants traces, not even a failure makes one', () => {
  const { spans, begin } = traced(0, 'always_off');
  begin('flow').end(failed);
  expect(spans).toEqual([]);
});

test('a message is named by the conventions for messaging', () => {
  const { tracing, spans } = traced(1);
  const of = { service: 'payments', entityType: 'charge', entityId: 'ord-7' };
  const about = { parent: undefined, flow: 'flow' };
  tracing.start({ ...about, message: { operation: 'send', of, id: 'commit-1' } }).end();
  const alarm = { service: 'payments', alarm: 'op-1' };
  tracing.start({ ...about, message: { operation: 'process', of: alarm } }).end();
  expect(spans).toMatchObject([
    { name: 'publish events.payments.{partition}.charge.{id}', kind: 'producer' },
    { name: 'process schedules.payments.due.{operation}', kind: 'consumer' },
  ]);
  expect(spans[0]?.attributes).toMatchObject({
    'messaging.system': 'nats',
    'messaging.operation.name': 'publish',
    'messaging.operation.type': 'send',
    'messaging.destination.name': expect.stringMatching(/^events\.payments\.\d\d\.charge\.ord-7$/),
    'messaging.message.id': 'commit-1',
    'messaging.message.conversation_id': 'flow',
  });
});

test('a span ends once, and one that never ends is not told', () => {
  const { spans, begin } = traced(1);
  begin('a');
  const span = begin('b');
  span.end();
  span.end(failed);
  expect(spans).toMatchObject([{ error: undefined }]);
});
