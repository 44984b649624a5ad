import { expect, test } from 'vitest';
import { deadlines, reactions } from './reactions.ts';

const orderId = 'ord-7';
/** Whatever one of the heard events may carry; where no other reason is given, its own is passed on. */
const data = { orderId, kept: true, reason: 'out_of_stock' };

test.each([
  ['ChargeCaptured', 'note that it is paid', 'acceptPayment', 'out_of_stock'],
  ['ChargeDeclined', 'end the charge, declined', 'recordChargeUndone', 'card_declined'],
  ['ChargeFailed', 'end the charge, failed', 'recordChargeUndone', 'charge_failed'],
  ['ChargeAbandoned', 'cancel, charge abandoned', 'giveUpCharge', 'out_of_stock'],
  ['ChargeUnwanted', 'end the charge, unwanted', 'recordChargeUndone', 'unknown'],
  ['RefundIssued', 'end the charge, refunded', 'recordChargeUndone', 'charge_abandoned'],
  ['ReservationConfirmed', 'note that it is reserved', 'acceptReservation', 'out_of_stock'],
  ['ReservationRejected', 'end the reservation, rejected', 'recordReservationUndone', 'out_of_stock'],
  ['ReservationUnwanted', 'end the reservation, unwanted', 'recordReservationUndone', 'unknown'],
  ['ReservationReleased', 'end the reservation, released', 'recordReservationUndone', 'unknown'],
])('%s: %s', (type, name, command, reason) => {
  const heard = reactions.filter(({ event }) => event.type === type);
  expect(heard.map((reaction) => reaction.name)).toEqual([name]); // in the log for ever
  const decided = heard[0]?.toCommand(data);
  expect(decided).toMatchObject({ name: command, entityType: 'order', entityId: orderId, data: { reason } });
});

test('nothing else is heard', () => {
  expect(reactions).toHaveLength(10);
});

test('an order is cancelled when its time is over', () => {
  const [deadline] = deadlines(900_000);
  expect(deadline).toMatchObject({ name: 'settle', afterMs: 900_000 });
  expect(deadline?.toCommand({ orderId })).toMatchObject({ name: 'cancel', data: { reason: 'deadline' } });
});
