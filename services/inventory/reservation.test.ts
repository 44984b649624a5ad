import { inventory } from '@refrain/contract-inventory';
import { given, lawsOf, readSamples, type Story } from '@refrain/testing';
import { test } from 'vitest';
import { type Reservation, reservation } from './reservation.ts';

const orderId = 'ord-7';
const lines = [{ sku: 'tea-001', quantity: 2 }];
const reason = 'card_declined';

const requested = inventory.ReservationRequested({ orderId, lines });
const confirmed = inventory.ReservationConfirmed({ orderId });
const recalled = inventory.ReservationRecalled({ orderId, reason });
const releasing = inventory.ReleaseRequested({ orderId, lines });
const request = reservation.request({ orderId, lines });
const cancel = reservation.cancel({ orderId, reason });
const confirm = reservation.confirm({ orderId, lines });
const reject = reservation.reject({ orderId, reason: 'out_of_stock' });
const release = reservation.recordRelease({ orderId });

test('asks the warehouse for what the order names, without its prices', () => {
  const priced = [{ sku: 'tea-001', quantity: 2, unitPrice: { minor: 150, currency: 'EUR' } }];
  given(reservation)
    .when(reservation.request({ orderId, lines: priced }))
    .records(requested);
});

test('passes the answer of the warehouse on', () => {
  given(reservation, requested).when(confirm).records(confirmed);
  given(reservation, requested)
    .when(reject)
    .records(inventory.ReservationRejected({ orderId, reason: 'out_of_stock' }));
});

test('a cancellation that overtakes the order leaves nothing to reserve', () => {
  const unwanted = inventory.ReservationUnwanted({ orderId });
  given(reservation).when(cancel).records(unwanted);
  given(reservation, unwanted).when(request).recordsNothing();
});

test('what was cancelled meanwhile is released after the answer, never before', () => {
  given(reservation, requested).when(cancel).records(recalled);
  given(reservation, requested, recalled).when(confirm).records(releasing);
  given(reservation, requested, recalled, releasing)
    .when(release)
    .records(inventory.ReservationReleased({ orderId }));
});

test('a confirmed reservation is released when the order cannot go on', () => {
  given(reservation, requested, confirmed).when(cancel).records(releasing);
});

const released = { ReleaseRequested: () => [release] };
const stories: Story[] = [
  { name: 'confirmed', arrivals: [request], answers: { ReservationRequested: () => [confirm] } },
  {
    name: 'cancelled',
    arrivals: [request, cancel],
    answers: { ReservationRequested: () => [confirm], ...released },
  },
  {
    name: 'cancelled after it was confirmed',
    arrivals: [request],
    answers: { ReservationRequested: () => [confirm], ReservationConfirmed: () => [cancel], ...released },
  },
  { name: 'rejected', arrivals: [request, cancel], answers: { ReservationRequested: () => [reject] } },
];

const holdsStock = ({ status }: Reservation) => status === 'confirmed' || status === 'releasing';

test.each(
  lawsOf({
    decider: reservation,
    stories,
    samples: readSamples(new URL('contract/samples/', import.meta.url)),
    outcome: holdsStock,
    holds: holdsStock,
    successes: [
      {
        command: confirm,
        isRecordedBy: ({ type }) => type === 'ReservationConfirmed' || type === 'ReleaseRequested',
      },
      { command: release, isRecordedBy: ({ type }) => type === 'ReservationReleased' },
    ],
  }),
)('reservation: %s', (_, law) => law());
