import { given } from '@refrain/testing';
import { voucher, vouchers } from './vouchers.ts';

const its = { voucherId: 'v1' };
const requested = vouchers.VoucherRequested({ ...its, cents: 500 });
const issued = vouchers.VoucherIssued({ ...its, code: 'c' });
const withdrawn = vouchers.VoucherWithdrawn(its);
const blocked = vouchers.VoucherBlocked(its);
const recordIssued = voucher.recordIssued({ ...its, code: 'c' });

/** That it was issued counts, also when nobody wants it any more. */
export function lateSuccess(decider: typeof voucher): void {
  given(decider, requested).when(recordIssued).records(issued);
  given(decider, requested, withdrawn).when(recordIssued).records(issued, blocked);
}

/** What a client asks for, twice and too early. */
export function clients(decider: typeof voucher): void {
  given(decider, requested, issued).when(voucher.withdraw(its)).records(blocked);
  given(decider, requested, withdrawn).when(voucher.withdraw(its)).recordsNothing();
  given(decider, withdrawn)
    .when(voucher.request({ ...its, cents: 500 }))
    .recordsNothing();
}
