import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cause, orderIdOf, requestHashOf } from '@refrain/contract-kit';
import { type EventLog, parseType } from '@refrain/event-log';
import { brokerPlan, connectBroker, reconcile } from '@refrain/jetstream';
import { type ServiceHandle, ServiceHost } from '@refrain/runtime';
import { receipt } from '../../services/inventory/receipt.ts';
import type { Warehouse } from '../../services/inventory/warehouse.ts';
import { order } from '../../services/orders/order.ts';
import { type BenchOrder, SKUS, STOCK_PER_SKU } from './load.ts';
import type { PrivateBroker } from './private-broker.ts';
import { startWorker } from './processes.ts';
import { benchPorts } from './refrain-ports.ts';
import { benchServices, benchTopologies } from './refrain-services.ts';
import { differences, type StartSide } from './side.ts';

const CLIENT = 'bench';
const PAGE = 1_000;
const STOCK_MS_MAX = 30_000;

/** The shop's services, each in a worker; the driver places orders as the door of `orders` does. */
export const startRefrain: StartSide = async (broker) => {
  const platformId = await prepare(broker);
  const doneAt = new Map<string, number>();
  const file = join(import.meta.dirname, 'refrain-worker.ts');
  const env = { NATS_URL: broker.url, BENCH_PLATFORM_ID: platformId };
  const start = (name: string): ReturnType<typeof startWorker> =>
    startWorker({ name, file, env, onDone: (id, at) => doneAt.set(id, at) });
  const workers = await Promise.all(Object.keys(benchServices).map(start));
  const ports = await benchPorts(broker.url, 'driver');
  const door = (name: string): ServiceHost => {
    const definition = benchServices[name];
    if (!definition) throw new Error(`There is no service ${name}.`);
    return new ServiceHost(definition(), ports, { platformId, instance: 'driver' });
  };
  const [ordersDoor, inventoryDoor] = [door('orders'), door('inventory')];
  await openStock(inventoryDoor);
  return {
    workers,
    doneAt,
    idOf: ({ key }) => orderIdOf({ platformId, client: CLIENT, idempotencyKey: key }),
    place: (asked, orderId) => place(ordersDoor, asked, orderId),
    messages: async () => {
      const services = Object.keys(benchServices);
      const last = await Promise.all(services.map((service) => ports.log.lastSequence(service)));
      return last.reduce((sum, messages) => sum + messages, 0);
    },
    problems: async (orders) => await problems(orders, ports.log, await stockOf(inventoryDoor)),
    stop: async () => {
      await Promise.all(workers.map((worker) => worker.stop()));
      await ports.close();
    },
  };
};

/** The admin step: streams and durables. Returns the platform's id. */
async function prepare(broker: PrivateBroker): Promise<string> {
  const nc = await connectBroker({ url: broker.url, name: 'admin' });
  const { platformId } = await reconcile(nc, brokerPlan(benchTopologies()));
  await nc.close();
  return platformId;
}

async function place(door: ServiceHandle, asked: BenchOrder, orderId: string): Promise<void> {
  const { key, sku, quantity, unitPrice, email } = asked;
  const price = { minor: unitPrice, currency: 'EUR' as const };
  const body = { customer: { email }, lines: [{ sku, quantity }], paymentMethod: 'pm_card_visa' };
  const placing = {
    orderId,
    customer: body.customer,
    lines: [{ sku, quantity, unitPrice: price }],
    total: { minor: unitPrice * quantity, currency: 'EUR' as const },
    paymentMethod: body.paymentMethod,
    requestHash: requestHashOf(body),
  };
  await door.execute(order.place(placing), { cause: cause.request(CLIENT, key), correlation: orderId });
}

/** Fills the shelf, and waits until the warehouse has taken it in. */
async function openStock(door: ServiceHandle): Promise<void> {
  for (const sku of SKUS) {
    const goods = { receiptId: `opening-${sku}`, sku, quantity: STOCK_PER_SKU };
    const because = { cause: cause.request(CLIENT, `opening-${sku}`), correlation: goods.receiptId };
    await door.execute(receipt.request(goods), because);
  }
  for (let waitedMs = 0; waitedMs < STOCK_MS_MAX; waitedMs += 50) {
    if (Object.keys(await stockOf(door)).length === SKUS.length) return;
    await sleep(50);
  }
  throw new Error(`The opening stock was not taken in within ${STOCK_MS_MAX} ms.`);
}

const stockOf = async (door: ServiceHandle): Promise<Warehouse> =>
  (await door.stateOf('warehouse', 'main')).state as Warehouse;

/** Counts what stands in the logs: each order ended once, as it should, and nothing was tried twice. */
async function problems(orders: readonly BenchOrder[], log: EventLog, stock: Warehouse): Promise<string[]> {
  const good = orders.filter(({ tooMuch }) => !tooMuch).length;
  const bad = orders.length - good;
  const items = Object.values(stock);
  const sum = (of: (item: Warehouse[string]) => number): number => items.reduce((n, item) => n + of(item), 0);
  const shelf = { reserved: sum((item) => item.reserved), onHand: sum((item) => item.onHand) };
  const found: Record<string, number> = { ...(await countTypes(log)), ...shelf };
  return differences(
    {
      OrderPlaced: orders.length,
      OrderCompleted: good,
      OrderCancelled: bad,
      // Out of stock may be known before the charge began: then there is nothing to give back.
      RefundIssued: (found['ChargeCaptured'] ?? 0) - good,
      StockReserved: good,
      MailSent: orders.length,
      'refrain.AttemptFailed': 0,
      'refrain.Defect': 0,
      reserved: good,
      onHand: SKUS.length * STOCK_PER_SKU,
    },
    found,
  );
}

async function countTypes(log: EventLog): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const service of Object.keys(benchServices)) {
    let from = 1;
    for (;;) {
      const commits = await log.read(service, from, PAGE);
      for (const text of commits.flatMap((commit) => commit.types)) {
        const { type } = parseType(text);
        counts[type] = (counts[type] ?? 0) + 1;
      }
      const last = commits.at(-1);
      if (!last) break;
      from = last.seq + 1;
    }
  }
  return counts;
}
