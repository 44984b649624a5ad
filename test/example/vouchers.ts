import { defineContract, event, keyed, transient } from '@refrain/contract-kit';
import { defineDecider } from '@refrain/decider';
import { effect, service, type ServiceDefinition } from '@refrain/runtime';
import { z } from 'zod';

// A service of one's own, as small as it gets, in one file: docs/testing.md shows every tool on it. One of
// the shop has a file for each part (docs/add-a-service.md).
const voucherId = z.string();

/** Vouchers lets an issuer make a voucher once, and blocks it when nobody wants it any more. */
export const vouchers = defineContract({
  service: 'vouchers',
  entities: {
    voucher: {
      id: 'voucherId',
      events: {
        VoucherRequested: event(1, { voucherId, cents: z.int() }),
        VoucherIssued: event(1, { voucherId, code: z.string() }),
        VoucherUnclear: event(1, { voucherId }), // given up, and nobody knows whether it was issued
        VoucherWithdrawn: event(1, { voucherId }), // no longer wanted, while the issuer is being asked
        VoucherBlocked: event(1, { voucherId }), // issued, and worth nothing any more
      },
    },
  },
  undoneBy: { VoucherIssued: 'VoucherBlocked' },
  waits: ['VoucherUnclear'],
  effects: {
    issue: {
      after: 'VoucherRequested',
      dependency: 'issuer',
      steps: ['issue'],
      timeoutMs: 2_000,
      repeat: keyed({ horizonMs: 3_600_000 }),
      retry: { attempts: 10, firstDelayMs: 100, maxDelayMs: 2_000 },
      failures: { no_answer: transient({ happened: 'unknown', givingUp: 'VoucherUnclear' }) },
    },
  },
});

export interface Voucher {
  status: 'none' | 'requested' | 'unclear' | 'issued' | 'blocked';
  withdrawn: boolean;
}

const initialState: Voucher = { status: 'none', withdrawn: false };

const isIssued = ({ status }: Voucher): boolean => status === 'issued' || status === 'blocked';

/** What one voucher decides. */
export const voucher = defineDecider(
  vouchers,
  'voucher',
  initialState,
)({
  evolve: {
    VoucherRequested: (state) => {
      state.status = 'requested';
    },
    VoucherIssued: (state) => {
      state.status = 'issued';
    },
    VoucherUnclear: (state) => {
      if (!isIssued(state)) state.status = 'unclear';
    },
    VoucherWithdrawn: (state) => {
      state.withdrawn = true;
    },
    VoucherBlocked: (state) => {
      state.status = 'blocked';
    },
  },
  decide: {
    request: (state, its: { voucherId: string; cents: number }) =>
      state.status === 'none' && !state.withdrawn ? [vouchers.VoucherRequested(its)] : [],
    withdraw: (state, its: { voucherId: string }) => {
      if (state.status === 'issued') return [vouchers.VoucherBlocked(its)];
      return state.withdrawn || state.status === 'blocked' ? [] : [vouchers.VoucherWithdrawn(its)];
    },
    // It is out in the world. That is recorded, whatever was concluded meanwhile.
    recordIssued: (state, { voucherId: id, code }: { voucherId: string; code: string }) => {
      if (isIssued(state)) return [];
      const issued = vouchers.VoucherIssued({ voucherId: id, code });
      return state.withdrawn ? [issued, vouchers.VoucherBlocked({ voucherId: id })] : [issued];
    },
  },
});

/** Makes vouchers. The same key is the same voucher, however often it is asked. */
export interface Issuer {
  /** @throws Error when there was no answer: it may have been issued, or not. */
  issue(its: { voucherId: string; cents: number }, key: string): Promise<string>;
}

export const vouchersService = (issuer: Issuer, decider = voucher): ServiceDefinition =>
  service({
    contract: vouchers,
    deciders: [decider],
    effects: [
      effect(vouchers, 'issue', {
        issue: async ({ voucherId: id, cents }, { key }) =>
          voucher.recordIssued({
            voucherId: id,
            code: await issuer.issue({ voucherId: id, cents }, key),
          }),
        classify: () => 'no_answer',
      }),
    ],
  });
