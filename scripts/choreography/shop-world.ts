import type { Invariant, OperationSeen, Request, Scenario, View, World } from '@refrain/checking';
import { inventory } from '@refrain/contract-inventory';
import { orders as events } from '@refrain/contract-orders';
import { receipt } from '@refrain/service-inventory/receipt';
import { type Reservation, reservation } from '@refrain/service-inventory/reservation';
import type { Warehouse } from '@refrain/service-inventory/warehouse';
import type { Mail } from '@refrain/service-notifications/mail';
import { type Order, order } from '@refrain/service-orders/order';

const EUR = 'EUR' as const;
const QUANTITY = 2; // pieces of each line
const skus = ['tea', 'rare'];
const lines = skus.map((sku) => ({ sku, quantity: QUANTITY, unitPrice: { minor: 250, currency: EUR } }));
const total = { minor: 1_000, currency: EUR };

/** Pieces that an order of before has set aside: who gives back too much takes of these. */
const EARLIER = 3;

/** An order of which nothing is seen but its reservation. */
const OTHER = 'other';

const customer = { email: 'ada@example.com' };
const placingOf = (orderId: string) => ({
  orderId,
  customer,
  lines,
  total,
  paymentMethod: 'pm_card_visa',
  requestHash: 'hash',
});

function requestsOf(orderId: string, which: string): Request[] {
  return [
    { name: `the customer places ${which}`, service: 'orders', command: order.place(placingOf(orderId)) },
    {
      name: `the customer cancels ${which}`,
      service: 'orders',
      command: order.cancel({ orderId, reason: 'requested' }),
      mayCome: true,
    },
  ];
}

/** An order that is completed by its log, while inventory's log has lost the reservation. */
const LOST = 'lost';
const completedBefore = [
  events.OrderPlaced(placingOf(LOST)),
  events.OrderPaid({ orderId: LOST }),
  events.OrderReserved({ orderId: LOST }),
  events.OrderCompleted({ orderId: LOST, customer }),
].map((event) => ({ entityId: LOST, event }));

/** What lies on the shelf: pieces of each SKU, beside those that are set aside already. */
function shelf(pieces: Readonly<Record<string, number>>): NonNullable<Scenario['given']> {
  const received = Object.entries(pieces).map(([sku, quantity]) =>
    inventory.StockReceived({ receiptId: `r-${sku}`, sku, quantity: EARLIER + quantity }),
  );
  const aside = skus.map((sku) => ({ sku, quantity: EARLIER }));
  const reserved = inventory.StockReserved({ orderId: 'earlier', lines: aside });
  return [...received, reserved].map((event) => ({ entityId: 'main', event }));
}

const oneOrder: Scenario[] = [
  {
    name: 'an order of two lines, both in stock',
    given: shelf({ tea: QUANTITY, rare: QUANTITY }),
    requests: requestsOf('o1', 'it'),
  },
  {
    name: 'an order of two lines, the second of which falls short',
    given: shelf({ tea: QUANTITY, rare: QUANTITY - 1 }),
    requests: requestsOf('o1', 'it'),
  },
  {
    name: 'goods that come in',
    requests: [
      {
        name: 'somebody receives goods',
        service: 'inventory',
        command: receipt.request({ receiptId: 'r1', sku: 'tea', quantity: 1 }),
      },
    ],
  },
  {
    name: 'a completed order whose reservation was lost with the tail of a log, and its goods are gone',
    given: [...shelf({ tea: QUANTITY, rare: QUANTITY - 1 }), ...completedBefore],
    requests: [
      {
        name: 'inventory hears of it again',
        service: 'inventory',
        command: reservation.request({ orderId: LOST, lines }),
      },
    ],
  },
];

/** Of another order only what inventory sees of it: it wants the same goods, and may give them back. */
const besideAnother: Scenario[] = [
  {
    name: 'an order of two lines beside the reservation of another, and stock for one of them',
    given: shelf({ tea: QUANTITY, rare: QUANTITY }),
    requests: [
      ...requestsOf('o1', 'it'),
      {
        name: 'another order asks for the goods',
        service: 'inventory',
        command: reservation.request({
          orderId: OTHER,
          lines: skus.map((sku) => ({ sku, quantity: QUANTITY })),
        }),
      },
      {
        name: 'the other order is cancelled',
        service: 'inventory',
        command: reservation.cancel({ orderId: OTHER, reason: 'requested' }),
        mayCome: true,
      },
    ],
  },
];

const twoOrders: Scenario[] = [
  {
    name: 'two orders of two lines, and stock for one of them',
    given: shelf({ tea: QUANTITY, rare: QUANTITY }),
    requests: [...requestsOf('o1', 'o1'), ...requestsOf('o2', 'o2')],
  },
];

const statusOf = (view: View, orderId: string): Order['status'] =>
  (view.state('orders', 'order', orderId) as Order).status;

/** The orders that were placed, each with its status and its operations. */
const placedIn = (view: View): { orderId: string; status: Order['status']; own: OperationSeen[] }[] =>
  ['o1', 'o2'].flatMap((orderId) => {
    const status = statusOf(view, orderId);
    const own = view.operations.filter(({ entityId }) => entityId === orderId);
    return status === 'none' ? [] : [{ orderId, status, own }];
  });

/** Money that may have moved, or may not have come back, and is shown to a person until that is known. */
const moneyWaits = (own: readonly OperationSeen[]): boolean =>
  own.some(({ service, status }) => service === 'payments' && status === 'waiting');

const first = <T, R>(all: readonly T[], found: (one: T) => R | undefined): R | undefined =>
  all.map(found).find((one) => one !== undefined);

const settled: Invariant = {
  name: 'settled',
  expected: 'the order is completed or cancelled, or money waits for all to see',
  broken: (view) =>
    first(placedIn(view), ({ orderId, status, own }) =>
      status === 'completed' || status === 'cancelled' || (status === 'cancelling' && moneyWaits(own))
        ? undefined
        : `the order ${orderId} is ${status}; nothing more comes, and nothing waits`,
    ),
};

const movedBy = (own: readonly OperationSeen[], effect: string): number =>
  own
    .filter((one) => one.effect === effect && one.happened)
    .reduce((sum, { data }) => sum + (data as { amount: { minor: number } }).amount.minor, 0);

const money: Invariant = {
  name: 'money',
  expected: 'taken less given back is the total of a completed order, and nothing of a cancelled one',
  broken: (view) =>
    first(placedIn(view), ({ orderId, status, own }) => {
      const kept = movedBy(own, 'charge') - movedBy(own, 'refund');
      const due = status === 'completed' ? total.minor : 0;
      if (kept === due || (status === 'cancelling' && moneyWaits(own))) return undefined;
      return `${kept} cents are kept of the order ${orderId}, which is ${status}; ${due} are due`;
    }),
};

const stock: Invariant = {
  name: 'stock',
  expected: 'set aside is what completed orders asked for, and nothing of a cancelled one',
  broken: (view) => {
    const orders = placedIn(view);
    if (orders.length === 0) return undefined;
    const warehouse = view.state('inventory', 'warehouse', 'main') as Warehouse;
    const completed = orders.filter(({ status }) => status === 'completed').length;
    const other = view.state('inventory', 'reservation', OTHER) as Reservation;
    const due = EARLIER + QUANTITY * (completed + (other.status === 'confirmed' ? 1 : 0));
    // An order that is being cancelled waits for its money; its goods are set free all the same.
    return first(skus, (sku) => {
      const reserved = warehouse[sku]?.reserved ?? 0;
      return reserved === due ? undefined : `${reserved} pieces of ${sku} are set aside; ${due} are due`;
    });
  },
};

const told: Invariant = {
  name: 'told',
  expected: 'whose order has settled gets one mail, or a person is shown that it is not known',
  broken: (view) =>
    first(placedIn(view), ({ orderId, status }) => {
      const mail = (view.state('notifications', 'mail', orderId) as Mail).status;
      const isSettled = status === 'completed' || status === 'cancelled';
      const isTold = mail === 'sent' || mail === 'unresolved';
      return isSettled === isTold ? undefined : `the order ${orderId} is ${status}, its mail is ${mail}`;
    }),
};

/** The shop's stories, and what must hold where nothing more comes by itself. */
export const shopWorld: World = {
  sizes: [
    { name: 'one order', scenarios: oneOrder },
    { name: 'one order beside the reservation of another', scenarios: besideAnother },
    { name: 'two orders', scenarios: twoOrders },
  ],
  invariants: [settled, money, stock, told],
};
