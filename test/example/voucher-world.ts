import type { CheckedService, Invariant, World } from '@refrain/checking';
import { samples } from './voucher-laws.ts';
import { type Voucher, voucher, vouchersService } from './vouchers.ts';

const its = { voucherId: 'v1' };

const worthless: Invariant = {
  name: 'worth nothing',
  expected: 'a voucher that was withdrawn and issued is blocked',
  broken: (view) => {
    const { status, withdrawn } = view.state('vouchers', 'voucher', 'v1') as Voucher;
    return withdrawn && status === 'issued' ? 'it is issued, withdrawn, and not blocked' : undefined;
  },
};

/** What the checker tries: one voucher, and a client who may change his mind at any moment. */
export const voucherWorld: World = {
  sizes: [
    {
      name: 'one voucher',
      scenarios: [
        {
          name: 'a voucher',
          requests: [
            {
              name: 'the client asks for it',
              service: 'vouchers',
              command: voucher.request({ ...its, cents: 500 }),
            },
            {
              name: 'the client withdraws it',
              service: 'vouchers',
              command: voucher.withdraw(its),
              mayCome: true,
            },
          ],
        },
      ],
    },
  ],
  invariants: [worthless],
};

/** The service as the checker takes it. `names`: what of it was ever stored, `contract/names.json`. */
export const checkedVouchers = (decider: typeof voucher): CheckedService => ({
  definition: vouchersService({ issue: async () => 'c' }, decider),
  samples,
  names: ['effect issue after VoucherRequested'],
});
