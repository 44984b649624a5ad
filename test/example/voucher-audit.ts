import type { Commit } from '@refrain/event-log';
import type { Checked, Finding } from '@refrain/simulation';

/** One voucher in the issuer's own book. */
export interface Issued {
  readonly voucherId: string;
  readonly code: string;
}

/**
 * Compares the log of vouchers with the issuer's book, and trusts no service. Pure: the commits may be of a
 * simulation or read from a broker.
 */
export function auditVouchers(commits: readonly Commit[], book: readonly Issued[]): Checked {
  const findings: Finding[] = [];
  const counts: Record<string, number> = {};
  const expect = (invariant: string, holds: boolean, where: string, found: string): void => {
    counts[invariant] = (counts[invariant] ?? 0) + 1;
    if (!holds) findings.push({ invariant, where, found });
  };
  const typesOf = (id: string): string[] =>
    commits
      .filter(({ entity }) => entity.entityId === id)
      .flatMap((commit) => commit.body().events.map(({ type }) => type));

  for (const { voucherId, code } of book) {
    const types = typesOf(voucherId);
    const twice = book.filter((one) => one.voucherId === voucherId).length;
    expect('a voucher is issued once', twice === 1, voucherId, `${twice} times`);
    const known = types.includes('VoucherIssued');
    expect('what was issued is on record', known, voucherId, `on record: ${types.join(', ')}`);
    const isWorth = types.includes('VoucherWithdrawn') && known && !types.includes('VoucherBlocked');
    expect('a withdrawn voucher is worth nothing', !isWorth, voucherId, `${code} is not blocked`);
  }
  for (const commit of commits)
    for (const { type } of commit.body().events)
      if (type === 'VoucherIssued') {
        const id = commit.entity.entityId;
        const happened = book.some(({ voucherId }) => voucherId === id);
        expect('what is on record was issued', happened, id, 'the issuer knows nothing of it');
      }
  return { findings, invariants: counts };
}
