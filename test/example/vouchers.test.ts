import { expect, test } from 'vitest';
import { clients, lateSuccess } from './voucher-facts.ts';
import { voucherLaws } from './voucher-laws.ts';
import { voucher } from './vouchers.ts';

test('that it was issued counts, also when nobody wants it any more', () => {
  expect(() => lateSuccess(voucher)).not.toThrow();
});

test('what is asked twice, or withdrawn before it was asked for, adds nothing', () => {
  expect(() => clients(voucher)).not.toThrow();
});

test.each(voucherLaws(voucher))('voucher: %s', (_, law) => law());
