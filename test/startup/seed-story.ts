import { cause, hash } from '@refrain/contract-kit';
import { inventory } from '@refrain/contract-inventory';
import { orders } from '@refrain/contract-orders';
import { payments } from '@refrain/contract-payments';

/** An event of a contract or of the platform, and what led to it where that matters. */
export interface Said {
  readonly type: string;
  readonly version: number;
  readonly data: unknown;
  readonly cause?: string;
  readonly operation?: string;
}

/** A commit that is to be written. */
export interface Draft {
  readonly entityType: string;
  readonly entityId: string;
  readonly events: readonly Said[];
  /** It has read all that was written before its stage. */
  readonly reads?: boolean;
}

/** What can be written at once, one entity's drafts one after the other. The next stage comes after it. */
export type Stage = readonly Draft[];

/** Orders that begin together, and how many of them the warehouse answers in one commit. */
const WAVE = 512;
const ANSWERED_AT_ONCE = 16;

/** One charge in so many has failed once and waits for a year, and one in so many cannot be decided. */
const PARKED_EVERY = 500;
const DEAD_EVERY = 5_000;
const YEAR_MS = 365 * 86_400_000;

const price = { minor: 150, currency: 'EUR' } as const;
const lines = [{ sku: 'tea-001', quantity: 1 }];
const wave = (n: number): { orderId: string; count: number }[] =>
  Array.from({ length: WAVE }, (_, i) => ({
    orderId: hash('seeded', String(n * WAVE + i)),
    count: n * WAVE + i,
  }));
const draft = (entityType: string, entityId: string, ...events: readonly Said[]): Draft => ({
  entityType,
  entityId,
  events,
});

/** Charges that are captured; a few are parked, a few are dead letters. */
function* paymentsStory(): Generator<Stage> {
  for (let n = 0; ; n++) {
    yield wave(n).map(({ orderId }) => {
      const requested = payments.ChargeRequested({ orderId, amount: price, paymentMethod: 'pm_card_visa' });
      return draft('charge', orderId, { ...requested, operation: hash('operation', orderId) });
    });
    yield wave(n).map(({ orderId, count }) => draft('charge', orderId, endOf(orderId, count)));
  }
}

function endOf(orderId: string, count: number): Said {
  const operation = hash('operation', orderId);
  if (count % DEAD_EVERY === 1) return defect(operation);
  if (count % PARKED_EVERY === 1) return failed(operation);
  const captured = payments.ChargeCaptured({
    orderId,
    amount: price,
    providerRef: `pi_${orderId}`,
    kept: true,
  });
  return { ...captured, cause: cause.outcome(operation, 1, 'ok') };
}

const defect = (operation: string): Said => ({
  type: 'refrain.Defect',
  version: 1,
  data: {
    cause: cause.outcome(operation, 1, 'defect'),
    reaction: 'charge',
    operation,
    error: 'the provider said something that nobody expected',
  },
});

const failed = (operation: string): Said => ({
  type: 'refrain.AttemptFailed',
  version: 1,
  data: {
    operation,
    n: 1,
    round: 0,
    step: 'create',
    failure: 'provider_down',
    class: 'outage',
    happened: 'no',
    replayed: false,
    rule: { attempts: 8, firstDelayMs: 200, maxDelayMs: 30_000 },
    delayMs: 200,
    delayBy: 'outage',
    dueAt: new Date(Date.now() + YEAR_MS).toISOString(),
    word: 'open',
    epoch: 0,
    reason: 'seeded',
    progress: {},
  },
});

/** Reservations that one warehouse answers. */
function* inventoryStory(): Generator<Stage> {
  const skus = ['rare-001', ...Array.from({ length: 9 }, (_, i) => `tea-00${i + 1}`)];
  const received = skus.map((sku) =>
    inventory.StockReceived({ receiptId: hash(sku), sku, quantity: 1_000_000_000 }),
  );
  yield [draft('warehouse', 'main', ...received)];
  for (let n = 0; ; n++) {
    const asked = wave(n);
    yield asked.map(({ orderId }) =>
      draft('reservation', orderId, inventory.ReservationRequested({ orderId, lines })),
    );
    yield Array.from({ length: WAVE / ANSWERED_AT_ONCE }, (_, i) => {
      const answered = asked.slice(i * ANSWERED_AT_ONCE, (i + 1) * ANSWERED_AT_ONCE);
      const answers = answered.map(({ orderId }) => inventory.StockReserved({ orderId, lines }));
      return { ...draft('warehouse', 'main', ...answers), reads: true };
    });
    yield asked.map(({ orderId }) =>
      draft('reservation', orderId, inventory.ReservationConfirmed({ orderId })),
    );
  }
}

/** Orders that are completed. */
function* ordersStory(): Generator<Stage> {
  const customer = { email: 'ada@example.org' };
  const priced = lines.map((line) => ({ ...line, unitPrice: price }));
  const paymentMethod = 'pm_card_visa';
  for (let n = 0; ; n++) {
    yield wave(n).map(({ orderId }) => {
      const order = { orderId, customer, lines: priced, total: price, paymentMethod, requestHash: orderId };
      return draft('order', orderId, orders.OrderPlaced(order));
    });
    yield wave(n).map(({ orderId }) => draft('order', orderId, orders.OrderReserved({ orderId })));
    yield wave(n).map(({ orderId }) =>
      draft('order', orderId, orders.OrderPaid({ orderId }), orders.OrderCompleted({ orderId, customer })),
    );
  }
}

/** The logs of services that are at work for ever, stage by stage. */
export const stories = { payments: paymentsStory, inventory: inventoryStory, orders: ordersStory };
