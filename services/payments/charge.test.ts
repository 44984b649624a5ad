import { payments } from '@refrain/contract-payments';
import { given, lawsOf, readSamples, type Story } from '@refrain/testing';
import { test } from 'vitest';
import { type Charge, charge } from './charge.ts';

const orderId = 'ord-7';
const amount = { minor: 1_250, currency: 'EUR' } as const;
const providerRef = 'pi_1';
const reason = 'out_of_stock';
const payment = { orderId, amount, providerRef };

const order = { orderId, total: amount, paymentMethod: 'pm_card_visa' };
const requested = payments.ChargeRequested({ orderId, amount, paymentMethod: 'pm_card_visa' });
const captured = payments.ChargeCaptured({ ...payment, kept: true });
const onItsWayBack = payments.ChargeCaptured({ ...payment, kept: false });
const recalled = payments.ChargeRecalled({ orderId, reason });
const abandoned = payments.ChargeAbandoned({ orderId });
const refund = payments.RefundRequested({ ...payment, reason });
const refunded = payments.RefundIssued({ orderId, providerRef });
const cancel = charge.cancel({ orderId, reason });

test('charges an order once', () => {
  given(charge).when(charge.request(order)).records(requested);
  given(charge, requested).when(charge.request(order)).recordsNothing();
});

test('keeps the money of an order that goes on', () => {
  given(charge, requested).when(charge.recordCapture(payment)).records(captured);
  given(charge, requested, captured).when(charge.recordCapture(payment)).recordsNothing();
});

test('gives the money back when the order cannot go on', () => {
  given(charge, requested, captured).when(cancel).records(refund);
  given(charge, requested, captured, refund)
    .when(charge.recordRefund({ orderId, providerRef }))
    .records(refunded);
});

test('a cancellation that overtakes the order leaves nothing to charge', () => {
  const unwanted = payments.ChargeUnwanted({ orderId });
  given(charge).when(cancel).records(unwanted);
  given(charge, unwanted).when(charge.request(order)).recordsNothing();
});

test('a cancellation while the charge is under way is remembered, and the capture goes straight back', () => {
  given(charge, requested).when(cancel).records(recalled);
  given(charge, requested, recalled).when(charge.recordCapture(payment)).records(onItsWayBack, refund);
});

test('an abandoned charge can be recalled, and a capture after giving up goes straight back', () => {
  given(charge, requested, abandoned).when(cancel).records(recalled);
  given(charge, requested, abandoned)
    .when(charge.recordCapture(payment))
    .records(onItsWayBack, payments.RefundRequested({ ...payment, reason: 'captured although abandoned' }));
});

test.each([payments.ChargeDeclined({ orderId }), payments.ChargeFailed({ orderId })])(
  'a capture after $type goes straight back',
  (ended) => {
    given(charge, requested, ended, payments.ChargeCaptured({ ...payment, kept: false }))
      .when(charge.recordCapture(payment))
      .recordsNothing();
    given(charge, requested, ended)
      .when(charge.recordCapture(payment))
      .records(
        onItsWayBack,
        payments.RefundRequested({
          ...payment,
          reason: `captured although ${ended.type === 'ChargeFailed' ? 'failed' : 'declined'}`,
        }),
      );
  },
);

test('a charge that was declined has nothing to give back', () => {
  given(charge, requested, payments.ChargeDeclined({ orderId })).when(cancel).recordsNothing();
});

test('a second payment for the same order goes back, and the first stays', () => {
  const second = { ...payment, providerRef: 'pi_2' };
  given(charge, requested, captured)
    .when(charge.recordCapture(second))
    .records(
      payments.ChargeCaptured({ ...second, kept: false }),
      payments.RefundRequested({ ...second, reason: 'captured although captured' }),
    );
});

test('a refund that is stuck is still recorded when it is found', () => {
  given(charge, requested, captured, refund, payments.RefundStuck({ orderId }))
    .when(charge.recordRefund({ orderId, providerRef }))
    .records(refunded);
});

const request = charge.request(order);
const capture = charge.recordCapture(payment);
const giveBack = { RefundRequested: () => [charge.recordRefund({ orderId, providerRef })] };
const stories: Story[] = [
  { name: 'captured', arrivals: [request], answers: { ChargeRequested: () => [capture] } },
  {
    name: 'cancelled',
    arrivals: [request, cancel],
    answers: { ChargeRequested: () => [capture], ...giveBack },
  },
  {
    name: 'declined',
    arrivals: [request, cancel],
    answers: { ChargeRequested: () => [payments.ChargeDeclined({ orderId })] },
  },
  {
    name: 'failed',
    arrivals: [request, cancel],
    answers: { ChargeRequested: () => [payments.ChargeFailed({ orderId })] },
  },
  {
    name: 'captured after giving up',
    arrivals: [request],
    answers: {
      ChargeRequested: () => [abandoned],
      ChargeAbandoned: () => [cancel, capture],
      ...giveBack,
    },
  },
  {
    name: 'a refund that sticks',
    arrivals: [request, cancel],
    answers: {
      ChargeRequested: () => [capture],
      RefundRequested: () => [payments.RefundStuck({ orderId }), ...giveBack.RefundRequested()],
    },
  },
];

const kept = ({ captures }: Charge) =>
  Object.entries(captures).flatMap(([ref, { refund: back }]) => (back === 'issued' ? [] : [ref]));

test.each(
  lawsOf({
    decider: charge,
    stories,
    samples: readSamples(new URL('contract/samples/', import.meta.url)),
    outcome: kept,
    holds: kept,
    successes: [
      { command: capture, isRecordedBy: ({ type }) => type === 'ChargeCaptured' },
      {
        command: charge.recordRefund({ orderId, providerRef }),
        isRecordedBy: ({ type }) => type === 'RefundIssued',
      },
    ],
  }),
)('charge: %s', (_, law) => law());
