import { type JsMsg, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from 'nats';
import { STOCK_PER_SKU } from './load.ts';
import { PLAIN_STREAM, type PlainOrder } from './plain-steps.ts';
import { reportDone, reportReady } from './worker.ts';

/**
 * One worker of the same work by hand: a durable pull consumer, the effect, one publish with a message id,
 * the acknowledgement. No history, no retry rule, no deadline: what one writes first, and what it costs.
 */
const nc = await connect({ servers: process.env['NATS_URL'] ?? '' });
const js = jetstream(nc);
const jsm = await jetstreamManager(nc);
const name = process.env['BENCH_WORKER'] ?? '';

/** A provider in the process, answering at once, which honours its keys. */
const seen = new Set<string>();
const call = async (key: string): Promise<void> => void seen.add(key);

const publish = async (step: string, order: PlainOrder): Promise<unknown> =>
  await js.publish(`orders.${step}.${order.key}`, JSON.stringify(order), { msgID: `${order.key}:${step}` });

/** Stock: the message `reserved` carries what is left, and follows the last one of its SKU or is refused. */
interface Shelf {
  left: number;
  seq: number | undefined;
  turn: Promise<unknown>;
}
const shelves = new Map<string, Shelf>();

async function look(sku: string): Promise<{ left: number; seq: number }> {
  const last = await jsm.streams.getMessage(PLAIN_STREAM, { last_by_subj: `orders.reserved.${sku}` });
  return last ? { left: last.json<PlainOrder>().left ?? 0, seq: last.seq } : { left: STOCK_PER_SKU, seq: 0 };
}

async function reserve(order: PlainOrder, shelf: Shelf): Promise<void> {
  for (let tries = 0; tries < 5; tries++) {
    if (shelf.seq === undefined) Object.assign(shelf, await look(order.sku));
    if (shelf.left < order.quantity) return void (await publish('rejected', order));
    const left = shelf.left - order.quantity;
    try {
      const options = { msgID: `${order.key}:reserved`, expect: { lastSubjectSequence: shelf.seq ?? 0 } };
      const data = JSON.stringify({ ...order, left });
      const ack = await js.publish(`orders.reserved.${order.sku}`, data, options);
      if (!ack.duplicate) Object.assign(shelf, { left, seq: ack.seq });
      return;
    } catch {
      shelf.seq = undefined; // somebody went on from there
    }
  }
  throw new Error(`no progress with ${order.sku}`);
}

function reserveInTurn(order: PlainOrder): Promise<void> {
  const shelf = shelves.get(order.sku) ?? { left: 0, seq: undefined, turn: Promise.resolve() };
  shelves.set(order.sku, shelf);
  const turn = shelf.turn.catch(() => {}).then(() => reserve(order, shelf));
  shelf.turn = turn;
  return turn;
}

const handlers: Record<string, (step: string, order: PlainOrder) => Promise<unknown>> = {
  payments: async (step, order) => {
    if (step === 'rejected') {
      await call(`refund:${order.key}`);
      return await publish('refunded', order);
    }
    await call(`authorise:${order.key}`);
    await call(`capture:${order.key}`);
    return await publish('paid', order);
  },
  inventory: async (_, order) => await reserveInTurn(order),
  notifications: async (step, order) => {
    const about = step === 'reserved' ? 'completed' : 'cancelled';
    await call(`mail:${order.key}`);
    return await publish('notified', { ...order, about });
  },
  orders: async (_, order) => {
    await publish(order.about ?? 'completed', order);
    reportDone(order.key);
  },
};

const handle = async (message: JsMsg): Promise<void> => {
  try {
    await handlers[name]?.(message.subject.split('.')[1] ?? '', message.json<PlainOrder>());
    message.ack();
  } catch {
    message.nak(50);
  }
};
const consumer = await js.consumers.get(PLAIN_STREAM, name);
await consumer.consume({ max_messages: 256, callback: (message) => void handle(message) });
reportReady();
