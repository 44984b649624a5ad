import { join } from 'node:path';
import { AckPolicy, jetstream, jetstreamManager, StorageType } from '@nats-io/jetstream';
import { connect } from 'nats';
import { type BenchOrder, SKUS, STOCK_PER_SKU } from './load.ts';
import { PLAIN_HEARS, PLAIN_STREAM, type PlainOrder } from './plain-steps.ts';
import { startWorker } from './processes.ts';
import { differences, type StartSide } from './side.ts';

const NS_PER_S = 1_000_000_000;

/** The same work by hand: one stream, four durables, four workers, one publish per step. */
export const startPlain: StartSide = async (broker) => {
  const nc = await connect({ servers: broker.url });
  const js = jetstream(nc);
  const jsm = await jetstreamManager(nc);
  const window = { duplicate_window: 120 * NS_PER_S };
  await jsm.streams.add({ name: PLAIN_STREAM, subjects: ['orders.>'], storage: StorageType.File, ...window });
  for (const [name, steps] of Object.entries(PLAIN_HEARS))
    await jsm.consumers.add(PLAIN_STREAM, {
      durable_name: name,
      ack_policy: AckPolicy.Explicit,
      ack_wait: 30 * NS_PER_S,
      max_ack_pending: 512,
      filter_subjects: steps.map((step) => `orders.${step}.*`),
    });
  const doneAt = new Map<string, number>();
  const file = join(import.meta.dirname, 'plain-worker.ts');
  const start = (name: string): ReturnType<typeof startWorker> =>
    startWorker({ name, file, env: { NATS_URL: broker.url }, onDone: (id, at) => doneAt.set(id, at) });
  const workers = await Promise.all(Object.keys(PLAIN_HEARS).map(start));

  const countOf = async (step: string): Promise<number> => {
    const info = await jsm.streams.info(PLAIN_STREAM, { subjects_filter: `orders.${step}.*` });
    return Object.keys(info.state.subjects ?? {}).length;
  };
  const leftOf = async (sku: string): Promise<number> => {
    const last = await jsm.streams.getMessage(PLAIN_STREAM, { last_by_subj: `orders.reserved.${sku}` });
    return last?.json<PlainOrder>().left ?? STOCK_PER_SKU;
  };
  return {
    workers,
    doneAt,
    idOf: ({ key }) => key,
    place: async ({ key, sku, quantity, unitPrice, email }) => {
      const order: PlainOrder = { key, sku, quantity, amount: unitPrice, email };
      await js.publish(`orders.placed.${key}`, JSON.stringify(order), { msgID: `${key}:placed` });
    },
    messages: async () => (await jsm.streams.info(PLAIN_STREAM)).state.messages,
    problems: async (orders: readonly BenchOrder[]) => {
      const good = orders.filter(({ tooMuch }) => !tooMuch).length;
      const bad = orders.length - good;
      const lefts = await Promise.all(SKUS.map(leftOf));
      const left = lefts.reduce((sum, pieces) => sum + pieces, 0);
      const [completed = 0, cancelled = 0, refunded = 0] = await Promise.all(
        ['completed', 'cancelled', 'refunded'].map(countOf),
      );
      return differences(
        { completed: good, cancelled: bad, refunded: bad, left: SKUS.length * STOCK_PER_SKU - good },
        { completed, cancelled, refunded, left },
      );
    },
    stop: async () => {
      await Promise.all(workers.map((worker) => worker.stop()));
      await nc.close();
    },
  };
};
