import { type LawSubject, lawsOf } from '@refrain/testing';
import { type Voucher, voucher, vouchers } from './vouchers.ts';

const its = { voucherId: 'v1' };
const request = voucher.request({ ...its, cents: 500 });
const withdraw = voucher.withdraw(its);
const recordIssued = voucher.recordIssued({ ...its, code: 'c' });

/** Everything that may happen to a voucher. */
const stories: LawSubject['stories'] = [
  { name: 'issued', arrivals: [request], answers: { VoucherRequested: () => [recordIssued] } },
  { name: 'withdrawn', arrivals: [request, withdraw], answers: { VoucherRequested: () => [recordIssued] } },
  {
    name: 'issued after all',
    arrivals: [request, withdraw],
    answers: { VoucherRequested: () => [vouchers.VoucherUnclear(its), recordIssued] },
  },
];

/** Stored data of each event version; a service of the shop keeps it beside its contract. */
export const samples: LawSubject['samples'] = {
  'VoucherRequested.1': { ...its, cents: 500 },
  'VoucherIssued.1': { ...its, code: 'c' },
  'VoucherUnclear.1': its,
  'VoucherWithdrawn.1': its,
  'VoucherBlocked.1': its,
};

/** The laws on a decider of vouchers. */
export const voucherLaws = (decider: typeof voucher): ReturnType<typeof lawsOf> =>
  lawsOf({
    decider,
    stories,
    samples,
    outcome: ({ status }: Voucher) => status === 'issued',
    holds: ({ status }: Voucher) => status === 'issued',
    successes: [{ command: recordIssued, isRecordedBy: ({ type }) => type === 'VoucherIssued' }],
  });
