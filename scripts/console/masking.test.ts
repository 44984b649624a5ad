import { expect, test } from 'vitest';
import { MASK, maskerOf, shopMasker } from './masking.ts';

const mask = maskerOf(['customer.email', 'to']);

test('a personal field is masked at any depth, in lists too, and nothing else is', () => {
  const value = {
    customer: { email: 'ada@example.org', id: 7 },
    placing: { customer: { email: 'ada@example.org' } },
    mails: [{ to: 'ada@example.org', subject: 'Hello' }],
    email: 'not a customer’s',
    none: null,
  };
  expect(mask(value)).toEqual({
    customer: { email: MASK, id: 7 },
    placing: { customer: { email: MASK } },
    mails: [{ to: MASK, subject: 'Hello' }],
    email: 'not a customer’s',
    none: null,
  });
});

test('a value that stands alone is masked by the place that it is from', () => {
  expect(mask('ada@example.org', 'placing.customer.email')).toBe(MASK);
  expect(mask('ada@example.org', 'orders[3].customer.email')).toBe(MASK);
  expect(mask({ email: 'ada@example.org' }, 'customer')).toEqual({ email: MASK });
  expect(mask(1, 'lines[0].quantity')).toBe(1);
});

test('the shop’s contracts say what is personal', () => {
  expect(shopMasker()({ orderId: 'o', customer: { email: 'ada@example.org' } })).toEqual({
    orderId: 'o',
    customer: { email: MASK },
  });
});
