import type { Commit } from '@refrain/event-log';
import { expect, test } from 'vitest';
import { LogFollower } from './log-follower.ts';

const commit = (seq: number, ...types: string[]): Commit => ({
  entity: { service: 'orders', entityType: 'order', entityId: `o${seq}` },
  seq,
  id: String(seq),
  at: seq,
  types,
  bytes: 1,
  body: () => {
    throw new Error('a body was decoded');
  },
});

/** A log with so many commits, which more can be added to. */
function logOf(length: number) {
  const commits = Array.from({ length }, (_, i) => commit(i + 1, 'OrderPlaced.1'));
  return {
    commits,
    lastSequence: async () => commits.length,
    read: async (_: string, from: number, limit: number) => commits.slice(from - 1, from - 1 + limit),
  };
}

test('it counts what there is and what comes, by the headers alone', async () => {
  const log = logOf(3);
  const follower = new LogFollower(['orders']);
  expect(follower.isCounted).toBe(false);
  expect(await follower.step(log)).toBe(false);
  expect([...follower.counts]).toEqual([['orders.OrderPlaced', 3]]);
  expect([follower.isCounted, follower.countedFrom, follower.takeLatest()]).toEqual([
    true,
    { orders: 1 },
    [],
  ]);
  log.commits.push(commit(4, 'OrderPaid.1', 'OrderCompleted.1'));
  await follower.step(log);
  expect(follower.counts.get('orders.OrderCompleted')).toBe(1);
  expect(follower.takeLatest().map(({ type, entity }) => `${type} ${entity}`)).toEqual([
    'OrderPaid order/o4',
    'OrderCompleted order/o4',
  ]);
  expect(follower.takeLatest()).toEqual([]);
});

test('of a long log it counts the end, step by step', async () => {
  const log = logOf(25_000);
  const follower = new LogFollower(['orders']);
  expect(await follower.step(log)).toBe(true);
  expect([follower.isCounted, follower.countedFrom]).toEqual([false, { orders: 5_001 }]);
  while (await follower.step(log));
  expect([follower.isCounted, follower.counts.get('orders.OrderPlaced')]).toEqual([true, 20_000]);
});

test('its memory is bounded, whatever types there are', async () => {
  const log = logOf(0);
  const follower = new LogFollower(['orders']);
  await follower.step(log);
  for (let i = 1; i <= 1_500; i++) log.commits.push(commit(i, `Type${i}.1`));
  while (await follower.step(log));
  expect(follower.counts.size).toBe(1_001);
  expect(follower.counts.get('orders.other')).toBe(500);
  expect(follower.takeLatest()).toHaveLength(20);
});

test('the latest events stand in the order of time, also those of a log that was read later', async () => {
  const follower = new LogFollower(['orders', 'payments']);
  const recorded = { orders: [2, 4], payments: [1, 3] } as Readonly<Record<string, readonly number[]>>;
  await follower.step({ lastSequence: async () => 0, read: async () => [] });
  await follower.step({
    lastSequence: async () => 2,
    read: async (service) =>
      recorded[service]?.map((at, i) => ({ ...commit(i + 1, `From${at}.1`), at })) ?? [],
  });
  expect(follower.takeLatest().map(({ type }) => type)).toEqual(['From1', 'From2', 'From3', 'From4']);
});

test('of many events in one turn the latest are told, not those of the log that was read last', async () => {
  const follower = new LogFollower(['orders', 'payments']);
  await follower.step({ lastSequence: async () => 0, read: async () => [] });
  const from = { orders: 100, payments: 0 } as Readonly<Record<string, number>>;
  const thirty = Array.from({ length: 30 }, (_, i) => i);
  await follower.step({
    lastSequence: async () => 0,
    read: async (service) =>
      thirty.map((i) => ({ ...commit(i + 1, 'Noted.1'), at: (from[service] ?? 0) + i })),
  });
  const told = follower.takeLatest();
  expect(told).toHaveLength(20);
  expect(new Set(told.map(({ service }) => service))).toEqual(new Set(['orders']));
  expect(Date.parse(told.at(-1)?.at ?? '')).toBe(129);
});
