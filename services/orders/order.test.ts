import { orders } from '@refrain/contract-orders';
import { given, lawsOf, readSamples, type Story } from '@refrain/testing';
import { test } from 'vitest';
import { type Order, order } from './order.ts';

const orderId = 'ord-7';
const customer = { email: 'ada@example.org' };
const price = { minor: 150, currency: 'EUR' } as const;
const placing = {
  orderId,
  customer,
  lines: [{ sku: 'tea-001', quantity: 1, unitPrice: price }],
  total: price,
  paymentMethod: 'pm_card_visa',
  requestHash: 'h',
};

const placed = orders.OrderPlaced(placing);
const paid = orders.OrderPaid({ orderId });
const reserved = orders.OrderReserved({ orderId });
const completed = orders.OrderCompleted({ orderId, customer });
const chargeUndone = orders.OrderChargeUndone({ orderId });
const reservationUndone = orders.OrderReservationUndone({ orderId });
const cancelling = orders.OrderCancelling({ orderId, reason: 'card_declined' });
const cancelled = orders.OrderCancelled({ orderId, customer, reason: 'card_declined' });

const pay = order.acceptPayment({ orderId, kept: true });
const reserve = order.acceptReservation({ orderId });
const declined = order.recordChargeUndone({ orderId, reason: 'card_declined' });
const unreserved = order.recordReservationUndone({ orderId, reason: 'out_of_stock' });
const deadline = order.cancel({ orderId, reason: 'deadline' });

test('an order is placed once', () => {
  given(order).when(order.place(placing)).records(placed);
  given(order, placed).when(order.place(placing)).recordsNothing();
});

test('the second of paid and reserved completes it', () => {
  given(order, placed).when(pay).records(paid);
  given(order, placed, paid).when(reserve).records(reserved, completed);
  given(order, placed, reserved).when(pay).records(paid, completed);
});

test('money on its way back pays for nothing', () => {
  given(order, placed, reserved)
    .when(order.acceptPayment({ orderId, kept: false }))
    .recordsNothing();
});

test('a declined card is both the reason to cancel and the end of the charge', () => {
  given(order, placed, reserved).when(declined).records(cancelling, chargeUndone);
});

test('it is cancelled only when both sides are undone', () => {
  given(order, placed, cancelling).when(unreserved).records(reservationUndone);
  given(order, placed, cancelling, chargeUndone).when(unreserved).records(reservationUndone, cancelled);
  given(order, placed, cancelling, reservationUndone).when(declined).records(chargeUndone, cancelled);
});

test('what cannot be taken back by then stands: a completed order is not cancelled', () => {
  given(order, placed, paid, reserved, completed).when(deadline).recordsNothing();
});

test('an abandoned charge cancels the order, and ends nothing', () => {
  given(order, placed)
    .when(order.giveUpCharge({ orderId }))
    .records(orders.OrderCancelling({ orderId, reason: 'charge_abandoned' }));
});

test('the deadline comes too late for an order that is being cancelled', () => {
  given(order, placed, cancelling).when(deadline).recordsNothing();
});

test('a payment that comes while it is being cancelled is not counted', () => {
  given(order, placed, cancelling).when(pay).recordsNothing();
});

const unknown = orders.OrderCancelling({ orderId, reason: 'unknown' });
const contradicted = (side: 'charge' | 'reservation') => orders.OrderContradicted({ orderId, side });

test('an order that hears of itself and does not know itself is cancelled, whatever it heard', () => {
  given(order).when(pay).records(unknown);
  given(order)
    .when(order.acceptPayment({ orderId, kept: false }))
    .records(unknown);
  given(order).when(reserve).records(unknown);
  given(order).when(order.giveUpCharge({ orderId })).records(unknown);
  given(order).when(declined).records(unknown, chargeUndone);
  given(order).when(unreserved).records(unknown, reservationUndone);
});

test('a request or a deadline of an order that is not there adds nothing', () => {
  given(order).when(deadline).recordsNothing();
});

test('an order that its log lost ends with nobody to write to', () => {
  const nobody = orders.OrderCancelled({ orderId, customer: { email: '' }, reason: 'unknown' });
  given(order, unknown, chargeUndone).when(unreserved).records(reservationUndone, nobody);
});

test('a completed order of which a side is undone stands, and says once for each side that it is contradicted', () => {
  const done = [placed, paid, reserved, completed];
  given(order, ...done)
    .when(declined)
    .records(contradicted('charge'));
  given(order, ...done, contradicted('charge'))
    .when(declined)
    .recordsNothing();
  given(order, ...done, contradicted('charge'))
    .when(unreserved)
    .records(contradicted('reservation'));
});

const place = order.place(placing);
const undo = { OrderCancelling: () => [declined, unreserved] };
const stories: Story[] = [
  { name: 'completed', arrivals: [place], answers: { OrderPlaced: () => [pay, reserve] } },
  {
    name: 'declined',
    arrivals: [place],
    answers: { OrderPlaced: () => [declined, reserve], OrderCancelling: () => [unreserved] },
  },
  {
    name: 'out of stock',
    arrivals: [place],
    answers: { OrderPlaced: () => [unreserved, pay], OrderCancelling: () => [declined] },
  },
  {
    name: 'both fail, and the deadline comes too',
    arrivals: [place],
    answers: { OrderPlaced: () => [unreserved, declined, deadline] },
  },
  { name: 'deadline', arrivals: [place], answers: { OrderPlaced: () => [pay, deadline], ...undo } },
  {
    name: 'deadline of a reserved order',
    arrivals: [place],
    answers: { OrderPlaced: () => [reserve, deadline], ...undo },
  },
  {
    name: 'a refund that overtakes the abandoned charge',
    arrivals: [place],
    answers: {
      OrderPlaced: () => [
        order.giveUpCharge({ orderId }),
        order.recordChargeUndone({ orderId, reason: 'charge_abandoned' }),
        reserve,
      ],
      OrderCancelling: () => [unreserved],
    },
  },
  { name: 'lost, and paid for', arrivals: [pay, reserve], answers: undo },
  { name: 'lost, and undone', arrivals: [declined], answers: { OrderCancelling: () => [unreserved] } },
  {
    name: 'completed, and undone afterwards',
    arrivals: [place],
    answers: { OrderPlaced: () => [pay, reserve], OrderCompleted: () => [declined] },
  },
];

test.each(
  lawsOf({
    decider: order,
    stories,
    samples: readSamples(new URL('contract/samples/', import.meta.url)),
    // Which of two reasons came first, and whether a payment was noted before, may differ; how it ends may
    // not.
    outcome: ({ status, chargeUndone: charge, reservationUndone: stock }: Order) => [status, charge, stock],
    holds: (state: Order) => [state.paid && !state.chargeUndone, state.reserved && !state.reservationUndone],
  }),
)('order: %s', (_, law) => law());
