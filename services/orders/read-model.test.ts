import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryHandle } from '@refrain/testing';
import { expect, onTestFinished, test } from 'vitest';
import { order } from './order.ts';
import { OrdersReadModel } from './read-model.ts';
import { ordersService } from './service.ts';

const price = { minor: 150, currency: 'EUR' } as const;

async function openLog(orders: number) {
  const handle = new MemoryHandle(ordersService({ deadlineMs: 1 }));
  for (let n = 1; n <= orders; n++) {
    const orderId = `ord-${n}`;
    const origin = (cause: string) => ({ cause: `${cause}:${n}`, correlation: orderId });
    const lines = [{ sku: 'tea-001', quantity: 1, unitPrice: price }];
    const customer = { email: 'ada@example.org' };
    await handle.execute(
      order.place({
        orderId,
        customer,
        lines,
        total: price,
        paymentMethod: 'pm_card_visa',
        requestHash: 'h',
      }),
      origin('request'),
    );
    await handle.execute(order.cancel({ orderId, reason: 'requested' }), origin('cancel'));
    await handle.execute(order.recordChargeUndone({ orderId, reason: 'unknown' }), origin('charge'));
    await handle.execute(order.recordReservationUndone({ orderId, reason: 'unknown' }), origin('stock'));
  }
  return handle;
}

function openModel(file = ':memory:') {
  const model = new OrdersReadModel(file);
  onTestFinished(() => model.close());
  return model;
}

function temporaryFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'refrain-orders-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'orders.sqlite');
}

const statuses = (model: OrdersReadModel) => model.list({ limit: 100 })?.map(({ status }) => status);

test('it keeps the reason of a cancellation and the time it was settled', async () => {
  const handle = await openLog(1);
  const model = openModel();
  handle.follow(model);
  expect(model.find('ord-1')).toMatchObject({
    status: 'cancelled',
    reason: 'requested',
    total: price,
    settledAt: '1970-01-01T00:00:04.000Z',
  });
});

test('it goes on where it stopped, in the same file', async () => {
  const handle = await openLog(2);
  const file = temporaryFile();
  const first = new OrdersReadModel(file);
  const [head] = [handle.commits.slice(0, 3)];
  first.apply(head, { seq: 3, commitId: head[2]?.id ?? '' });
  first.close();
  const second = openModel(file);
  expect(second.position()).toEqual({ seq: 3, commitId: handle.commits[2]?.id });
  handle.follow(second);
  expect(statuses(second)).toEqual(['cancelled', 'cancelled']);
});

test('a page that it has applied, or that leaves a gap, changes nothing', async () => {
  const { commits } = await openLog(2);
  const model = openModel();
  const at = (seq: number) => ({ seq, commitId: commits[seq - 1]?.id ?? '' });
  model.apply(commits.slice(0, 2), at(2));
  model.apply(commits.slice(0, 2), at(2));
  model.apply(commits.slice(4), at(8));
  expect(model.position()).toEqual(at(2));
  expect(statuses(model)).toEqual(['cancelling']);
});

test('what fails in the middle of a page leaves neither rows nor a position behind', async () => {
  const { commits } = await openLog(1);
  const model = openModel();
  const broken = commits.map((commit, i) =>
    i < 2
      ? commit
      : {
          ...commit,
          body: () => {
            throw new Error('unreadable');
          },
        },
  );
  expect(() => model.apply(broken, { seq: 4, commitId: 'x' })).toThrow('unreadable');
  expect(model.position()).toBeUndefined();
  expect(model.find('ord-1')).toBeUndefined();
});

test('a rebuild answers from the old rows until the new ones have got as far', async () => {
  const handle = await openLog(2);
  const model = openModel(temporaryFile());
  handle.follow(model);
  const before = model.list({ limit: 100 });
  const [first] = handle.commits;
  model.rebuild();
  expect(model.position()).toBeUndefined();
  model.apply(handle.commits.slice(0, 1), { seq: 1, commitId: first?.id ?? '' });
  expect(model.list({ limit: 100 })).toEqual(before);
  handle.catchUp(3);
  expect(model.list({ limit: 100 })).toEqual(before);
  expect(model.position()?.seq).toBe(handle.commits.length);
});

test('a rebuild that a restart cut off goes on, and answers meanwhile', async () => {
  const handle = await openLog(2);
  const file = temporaryFile();
  const first = new OrdersReadModel(file);
  handle.follow(first);
  first.rebuild();
  first.close();
  const second = openModel(file);
  expect(statuses(second)).toEqual(['cancelled', 'cancelled']);
  expect(second.position()).toBeUndefined();
});

test('a position that the log does not have empties it at once', async () => {
  const handle = await openLog(1);
  const model = openModel();
  handle.follow(model);
  model.reset();
  expect(model.position()).toBeUndefined();
  expect(statuses(model)).toEqual([]);
  handle.catchUp();
  expect(statuses(model)).toEqual(['cancelled']);
});
