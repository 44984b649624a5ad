import { inventory } from '@refrain/contract-inventory';
import { given, lawsOf, readSamples, type Story } from '@refrain/testing';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Warehouse, warehouse } from './warehouse.ts';

const tea = (quantity: number) => ({ sku: 'tea-001', quantity });
const rare = (quantity: number) => ({ sku: 'rare-001', quantity });
const received = (line: { sku: string; quantity: number }) =>
  inventory.StockReceived({ receiptId: 'r', ...line });
const reserve = (orderId: string, ...lines: { sku: string; quantity: number }[]) =>
  warehouse.reserve({ orderId, lines });
const stock = [received(tea(10)), received(rare(1))];

test('reserves all lines of an order', () => {
  given(warehouse, ...stock)
    .when(reserve('a', tea(10), rare(1)))
    .records(inventory.StockReserved({ orderId: 'a', lines: [tea(10), rare(1)] }));
});

test('reserves none of the lines when one falls short, and names it', () => {
  given(warehouse, ...stock)
    .when(reserve('a', tea(1), rare(2)))
    .records(inventory.StockRefused({ orderId: 'a', reason: 'out_of_stock', sku: 'rare-001' }));
});

test('adds up the lines of one SKU', () => {
  given(warehouse, ...stock)
    .when(reserve('a', tea(6), tea(5)))
    .records(inventory.StockRefused({ orderId: 'a', reason: 'out_of_stock', sku: 'tea-001' }));
});

test('what one order has set aside is not there for the next, until it is released', () => {
  const first = inventory.StockReserved({ orderId: 'a', lines: [rare(1)] });
  const lines = [rare(1)];
  given(warehouse, ...stock, first)
    .when(reserve('b', ...lines))
    .records(inventory.StockRefused({ orderId: 'b', reason: 'out_of_stock', sku: 'rare-001' }));
  given(warehouse, ...stock, first, inventory.StockReleased({ orderId: 'a', lines }))
    .when(reserve('b', ...lines))
    .records(inventory.StockReserved({ orderId: 'b', lines }));
});

test('a SKU that it never received is out of stock, whatever it is called', () => {
  for (const sku of ['tea-999', 'constructor', '__proto__'])
    given(warehouse)
      .when(reserve('a', { sku, quantity: 1 }))
      .records(inventory.StockRefused({ orderId: 'a', reason: 'out_of_stock', sku }));
});

test('a reservation that nothing can decide is refused as a defect', () => {
  given(warehouse)
    .when(warehouse.refuse({ orderId: 'a' }))
    .records(inventory.StockRefused({ orderId: 'a', reason: 'defect' }));
});

const order = fc.array(
  fc.record({
    sku: fc.constantFrom('tea-001', 'rare-001'),
    quantity: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  }),
  { minLength: 1, maxLength: 4 },
);

test('never sets aside more than there is, and no number is too large for it', () => {
  const { $decider } = warehouse;
  fc.assert(
    fc.property(
      fc.array(order, { maxLength: 20 }),
      fc.array(fc.nat({ max: 2 ** 52 }), { maxLength: 4 }),
      (orders, receipts) => {
        let state = receipts
          .map((quantity) => received(tea(quantity + 1)))
          .reduce((known, event) => $decider.evolve(known, event), $decider.initialState);
        for (const lines of orders)
          for (const event of $decider.decide(state, reserve('a', ...lines)))
            state = $decider.evolve(state, event);
        for (const { onHand, reserved } of Object.values(state as Warehouse))
          expect(reserved).toBeLessThanOrEqual(onHand);
      },
    ),
  );
});

const release = (orderId: string, ...lines: { sku: string; quantity: number }[]) =>
  warehouse.release({ orderId, lines });
const receive = (line: { sku: string; quantity: number }) => warehouse.receive({ receiptId: 'r', ...line });
interface Reserved {
  orderId: string;
  lines: { sku: string; quantity: number }[];
}

const stories: Story[] = [
  { name: 'goods come in', arrivals: [receive(tea(10)), receive(rare(1)), receive(tea(5))] },
  {
    name: 'orders that all fit, and are given up',
    arrivals: [receive(tea(10))],
    answers: {
      StockReceived: () => [reserve('a', tea(2)), reserve('b', tea(3))],
      StockReserved: ({ orderId, lines }: Reserved) => [warehouse.release({ orderId, lines })],
    },
  },
  {
    name: 'two orders for the last piece',
    arrivals: [receive(rare(1))],
    answers: { StockReceived: () => [reserve('a', rare(1)), reserve('b', rare(1))] },
  },
  {
    name: 'an order that is given up',
    arrivals: [receive(rare(1))],
    answers: {
      StockReceived: () => [reserve('a', rare(1)), warehouse.refuse({ orderId: 'b' })],
      StockReserved: () => [release('a', rare(1))],
    },
  },
];

test.each(
  lawsOf({
    decider: warehouse,
    stories,
    samples: readSamples(new URL('contract/samples/', import.meta.url)),
    holds: (state: Warehouse) =>
      Object.fromEntries(Object.entries(state).map(([sku, { reserved }]) => [sku, reserved])),
  }),
)('warehouse: %s', (_, law) => law());
