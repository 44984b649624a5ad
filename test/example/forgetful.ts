import type { Command } from '@refrain/decider';
import { type Voucher, voucher } from './vouchers.ts';

const { $decider } = voucher;

/**
 * The planted bug: nobody wants the voucher any more, so that it was issued is not worth a record. The
 * voucher is out in the world, and nobody knows of it.
 */
export const forgetful: typeof voucher = {
  ...voucher,
  $decider: {
    ...$decider,
    decide: (state, command: Command) =>
      command.name === 'recordIssued' && (state as Voucher).withdrawn ? [] : $decider.decide(state, command),
  },
};
