import type { BrokerFacts, DurableFacts, StreamFacts } from '@refrain/jetstream';
import { expect, test } from 'vitest';
import { brokerFindings, ownerlessNotes } from './broker-checks.ts';

const stream = (more: Partial<StreamFacts> = {}): StreamFacts => ({
  name: 'EVENTS_PAYMENTS',
  kind: 'events',
  missing: false,
  differs: [],
  lastSeq: 500,
  behind: [],
  ...more,
});
const durable = (more: Partial<DurableFacts> = {}): DurableFacts => ({
  stream: 'EVENTS_ORDERS',
  durable: 'payments',
  missing: false,
  differs: [],
  pending: 0,
  out: 0,
  asking: 1,
  ackFloor: 10,
  outside: false,
  ...more,
});

/** `check about: found` of each finding. `later`: the durable, or the stream, a moment afterwards. */
function foundOf(more: Partial<BrokerFacts>, later?: DurableFacts, laterStream?: StreamFacts): string[] {
  const facts = { version: '2.15.1', clockOffsetMs: 3, streams: [stream()], durables: [durable()], ...more };
  const again = {
    ...facts,
    ...(later && { durables: [later] }),
    ...(laterStream && { streams: [laterStream] }),
  };
  return brokerFindings(facts, again).map(({ check, about, found }) => `${check} ${about}: ${found}`);
}

test('a broker as planned has no finding', () => {
  expect(foundOf({})).toEqual([]);
  expect(foundOf({ durables: [durable({ pending: 900, out: 200 })] })).toEqual([]);
});

test('a stream or a durable that is missing or otherwise than planned is one', () => {
  expect(foundOf({ streams: [stream({ missing: true })] })).toEqual([
    'streams stream EVENTS_PAYMENTS: it is not there',
  ]);
  expect(foundOf({ streams: [stream({ differs: ['max_age is 5, planned 0'] })] })).toEqual([
    'streams stream EVENTS_PAYMENTS: max_age is 5, planned 0',
  ]);
  expect(foundOf({ durables: [durable({ missing: true })] })).toEqual([
    'durables durable payments on EVENTS_ORDERS: it is not there',
  ]);
  expect(foundOf({ durables: [durable({ differs: ['max_deliver is 5, planned -1'] })] })).toEqual([
    'durables durable payments on EVENTS_ORDERS: max_deliver is 5, planned -1',
  ]);
});

test('a copy that lags, or whose server is away, is one', () => {
  const behind = [
    { server: 'n2', messages: 12, offline: false },
    { server: 'n3', messages: 0, offline: true },
  ];
  expect(foundOf({ streams: [stream({ behind })] })).toEqual([
    'streams stream EVENTS_PAYMENTS on n2: this copy is 12 messages behind',
    'streams stream EVENTS_PAYMENTS on n3: this copy’s server is away',
  ]);
});

test('a copy that follows a busy log is not behind: a moment later it has what was there before', () => {
  const copy = (messages: number, offline = false) =>
    stream({ behind: [{ server: 'n2', messages, offline }] });
  const later = (messages: number, offline = false) => ({ ...copy(messages, offline), lastSeq: 600 });
  const found = (laterStream: StreamFacts) => foundOf({ streams: [copy(3)] }, undefined, laterStream);
  expect(found(later(100))).toEqual([]);
  expect(found(later(101))).toHaveLength(1); // it has 499 of the 500
  expect(found(later(0))).toHaveLength(1); // it says nothing of itself
  expect(found(later(0, true))).toHaveLength(1);
  expect(found(stream({ lastSeq: 600 }))).toEqual([]);
});

test('a durable stalls when nobody asks for its deliveries twice, and none was acknowledged meanwhile', () => {
  const quiet = durable({ asking: 0, pending: 3, out: 2 });
  expect(foundOf({ durables: [quiet] }, quiet)).toEqual([
    'durables durable payments on EVENTS_ORDERS: nobody takes its deliveries: 3 to be delivered, 2 out and not acknowledged',
  ]);
  expect(foundOf({ durables: [quiet] }, { ...quiet, ackFloor: 11 })).toEqual([]); // all hands were full
  expect(foundOf({ durables: [quiet] }, { ...quiet, asking: 1 })).toEqual([]);
  const empty = durable({ asking: 0 });
  expect(foundOf({ durables: [empty] }, empty)).toEqual([]);
});

test('a durable that stays behind is one, but for deadlines, which hold back what is not due', () => {
  const behind = durable({ pending: 5_000 });
  expect(foundOf({ durables: [behind] }, { ...behind, pending: 4_000 })).toEqual([
    'durables durable payments on EVENTS_ORDERS: 4000 messages wait to be delivered',
  ]);
  expect(foundOf({ durables: [behind] }, { ...behind, pending: 100 })).toEqual([]);
  const deadlines = { ...behind, durable: 'orders-deadlines' };
  expect(foundOf({ durables: [deadlines] }, deadlines)).toEqual([]);
});

test('clocks that are half a second apart are one, whichever is ahead', () => {
  expect(foundOf({ clockOffsetMs: 499 })).toEqual([]);
  expect(foundOf({ clockOffsetMs: 2_300 })).toEqual([
    'clocks this machine: its clock is 2.3 s ahead of the broker’s',
  ]);
  expect(foundOf({ clockOffsetMs: -169_000 })).toEqual([
    'clocks this machine: its clock is 3 min behind the broker’s',
  ]);
});

test('a log that no plan knows is told, with what it holds', () => {
  const log = (name: string) => ({ stream: `EVENTS_${name.toUpperCase()}`, service: name, commits: 12 });
  const plan = { streams: [{ ...stream(), subjects: [], duplicateWindowMs: 1, replicas: 1 }] };
  const notes = ownerlessNotes([log('payments'), log('shipping')], plan);
  expect(notes.map(({ about, found }) => `${about}: ${found}`)).toEqual([
    'stream EVENTS_SHIPPING: it holds 12 commits of shipping, which is no service here and no guest',
  ]);
});
