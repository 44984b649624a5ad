import type { Audit } from '../../audit/mod.ts';
import { type Context, defineCommand } from '../command.ts';
import { exit, UsageError } from '../errors.ts';
import { integerOr, onOff } from '../options.ts';
import { tellLeftOut } from '../guests/left-out.ts';
import type { Output } from '../output.ts';
import { findShop } from '../shop-at.ts';
import { auditRunningShop } from '../shop-log/audit-shop.ts';
import { linesOf } from '../shop-log/audit-lines.ts';

const options = {
  snapshots: {
    placeholder: 'all',
    help: 'replay every snapshot, not one in a hundred',
    read: (typed: readonly string[]): boolean => {
      const [wanted, ...more] = typed;
      if (wanted === undefined) return false;
      if (wanted === 'all' && more.length === 0) return true;
      throw new UsageError(`expected all, found "${typed.join(' ')}"`);
    },
  },
  settled: onOff('an order that has not settled is a finding too'),
  kills: integerOr(
    'N',
    'processes that were killed: each may have left one call per operation unrecorded',
    0,
    {
      min: 0,
      max: 1_000_000,
    },
  ),
};

export const command = defineCommand({
  name: 'audit',
  summary: 'Compares the streams with the ledgers of the outside world: is every promise kept?',
  operands: '',
  options,
  notes: ['Exit code 1: a promise is broken, or with --settled an order has not settled.'],
  run: async (context) => await audit(context),
});

/** Also what `demo` ends with. */
export async function audit({ options: asked, env, out }: Context<typeof options>): Promise<number> {
  const found = await auditRunningShop(findShop(env), {
    kills: asked.kills,
    allSnapshots: asked.snapshots,
    onProgress: out.progress,
  });
  out.progress('');
  const leftOut = tellLeftOut(out, env, 'Their contracts lie in their own repositories.');
  report({ ...found, ...(leftOut.length > 0 && { leftOut }) }, out);
  const unsettled = asked.settled && found.unsettled.length > 0;
  return found.violations.length > 0 || unsettled ? exit.finding : exit.fine;
}

function report(found: Audit & { readonly leftOut?: readonly string[] }, out: Output): void {
  for (const line of linesOf(found)) out.line(line);
  out.document(found);
}
