import { expect, test } from 'vitest';
import { consistentCut, type TailCommit } from './cut.ts';

const commit = (service: string, seq: number, cause?: string): TailCommit => ({
  service,
  seq,
  events: [`${service}:${seq}`],
  causes: cause === undefined ? [] : [cause],
});

test('logs that stand still are cut where they end', () => {
  const ends = { orders: 7, payments: 3 };
  expect(consistentCut(ends, [commit('orders', 7), commit('payments', 3, 'orders:7')])).toEqual(ends);
});

test('a cause that was stored after its log was read comes in, and its own causes with it', () => {
  // Orders was read first. Then it went on, and payments, read second, had heard of that already.
  const tail = [
    commit('orders', 8, 'inventory:5'),
    commit('orders', 9),
    commit('payments', 3, 'orders:8'),
    commit('inventory', 5),
    commit('inventory', 6, 'orders:9'),
  ];
  expect(consistentCut({ orders: 7, payments: 3, inventory: 4 }, tail)).toEqual({
    orders: 8,
    payments: 3,
    inventory: 5,
  });
});

test('what only came after the cut is left out', () => {
  const tail = [commit('orders', 8), commit('payments', 4, 'orders:8')];
  expect(consistentCut({ orders: 7, payments: 3 }, tail)).toEqual({ orders: 7, payments: 3 });
});
