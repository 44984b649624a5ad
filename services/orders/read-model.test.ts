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
  first.beside.apply(head, { seq: 3, commitId: head[2]?.id ?? '' });
  first.beside.atEnd?.();
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
  model.beside.apply(commits.slice(0, 2), at(2));
  model.beside.apply(commits.slice(0, 2), at(2));
  model.beside.apply(commits.slice(4), at(8));
  model.beside.atEnd?.();
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
  expect(() => model.beside.apply(broken, { seq: 4, commitId: 'x' })).toThrow('unreadable');
  expect(model.beside.position()).toBeUndefined();
  model.beside.atEnd?.();
  expect(model.find('ord-1')).toBeUndefined();
});

test('it shows nothing before it has read all there is, and never half of it', async () => {
  const handle = await openLog(2);
  const model = openModel();
  const at = (seq: number) => ({ seq, commitId: handle.commits[seq - 1]?.id ?? '' });
  model.beside.apply(handle.commits.slice(0, 5), at(5));
  expect([model.isIdle(), statuses(model), model.find('ord-1')]).toEqual([true, undefined, undefined]);
  handle.follow(model);
  expect([model.isIdle(), statuses(model)]).toEqual([false, ['cancelled', 'cancelled']]);
});

test('while it is rebuilt it answers as ever and follows the log; then the new one does', async () => {
  const handle = await openLog(2);
  const model = openModel(temporaryFile());
  handle.follow(model);
  const before = model.list({ limit: 100 });
  model.rebuild();
  const at = (seq: number) => ({ seq, commitId: handle.commits[seq - 1]?.id ?? '' });
  model.beside.apply(handle.commits.slice(0, 1), at(1));
  expect(model.list({ limit: 100 })).toEqual(before);
  model.rebuild(); // goes on with the one that is under way
  expect(model.beside.position()).toEqual(at(1));
  model.beside.atEnd?.(); // of a replica that lags: it is behind what is shown
  expect(model.beside.isIdle?.()).toBe(false);
  const log = await openLog(3);
  model.apply(log.commits.slice(8), { seq: 12, commitId: 'x' });
  expect(model.list({ limit: 100 })).toHaveLength(3);
  model.beside.apply(log.commits.slice(1), { seq: 12, commitId: 'x' });
  model.beside.atEnd?.();
  expect([model.beside.isIdle?.(), model.list({ limit: 100 })?.length]).toEqual([true, 3]);
  expect(model.list({ limit: 2 })).toEqual(before);
});

test('a rebuild that a restart cut off goes on where it was, and the old rows answer meanwhile', async () => {
  const handle = await openLog(2);
  const file = temporaryFile();
  const first = new OrdersReadModel(file);
  handle.follow(first);
  first.rebuild();
  const at = { seq: 3, commitId: handle.commits[2]?.id ?? '' };
  first.beside.apply(handle.commits.slice(0, 3), at);
  first.close();
  const second = openModel(file);
  expect(statuses(second)).toEqual(['cancelled', 'cancelled']);
  expect(second.beside.position()).toEqual(at);
  second.beside.apply(handle.commits.slice(3), { seq: 8, commitId: handle.commits[7]?.id ?? '' });
  second.beside.atEnd?.();
  expect([second.beside.isIdle?.(), statuses(second)]).toEqual([true, ['cancelled', 'cancelled']]);
});

test('a position that the log does not have empties it at once', async () => {
  const handle = await openLog(1);
  const model = openModel();
  handle.follow(model);
  model.reset();
  expect(model.position()).toBeUndefined();
  expect([model.isIdle(), statuses(model)]).toEqual([true, undefined]);
  handle.catchUp();
  expect(statuses(model)).toEqual(['cancelled']);
});
