import { expect, test } from 'vitest';
import { withoutPersonal } from './logger.ts';

const marked = withoutPersonal(['customer.email', 'guests.address.street']);

test('a secret, and whom a mail is for, is not logged at any depth', () => {
  const line = { user: 'ada', password: 'p', request: { headers: { authorization: 'Bearer x' } }, to: 'a@b' };
  expect(withoutPersonal([])(line)).toEqual({ user: 'ada', request: { headers: {} } });
});

test('a field that a contract marks is not logged, wherever in a line it stands', () => {
  const guests = [{ name: 'g', address: { street: 's', town: 't' } }];
  expect(marked({ guests, street: 's', deep: { event: { data: { guests } } } })).toEqual({
    guests: [{ name: 'g', address: { town: 't' } }],
    deep: { event: { data: { guests: [{ name: 'g', address: { town: 't' } }] } } },
  });
  expect(marked({ 'customer.email': 'a@b', orderId: 'o' })).toEqual({ orderId: 'o' });
});

test('a bare value under the name that leads to a marked field is not logged either', () => {
  expect(marked({ customer: 'a@b', event: { customer: { id: 'c', email: 'a@b' } } })).toEqual({
    event: { customer: { id: 'c' } },
  });
});

test('what is nested without end is cut off', () => {
  const line: Record<string, unknown> = { error: 'e' };
  line['self'] = line;
  expect(() => JSON.stringify(marked(line))).not.toThrow();
});
