import { join } from 'node:path';
import { hash, shareOfHash } from '@refrain/contract-kit';
import type { Bucket, EventLog } from '@refrain/event-log';
import { codeHashOf } from '@refrain/process/code-hash';
import {
  manifestOf,
  namesIn,
  readSnapshot,
  type Registry,
  replayOf,
  saysOf,
  snapshotCode,
} from '@refrain/runtime';
import type { Audit, Violation } from '../../audit/mod.ts';
import { root } from '../paths.ts';

/** What must hold of a snapshot, as the audit's list names it. */
const snapshotInvariant = 'a snapshot is what the log says';

/** One snapshot in so many is replayed, another one each time: it takes as long as a start. */
const SHARE = 1 / 100;
/** Of what differs, so much is shown. */
const SHOWN_MAX = 200;

export interface SnapshotSource {
  readonly registry: Registry;
  readonly bucket: Pick<Bucket, 'read'>;
  readonly keys: () => Promise<readonly string[]>;
  /** What its snapshots must have been made by. */
  readonly code: string;
}

/** The code of a service of this checkout, after that recovery. */
export const codeOfService = (service: string, recovery: string): string =>
  snapshotCode(codeHashOf(join(root, 'services', service)) ?? '', recovery);

/** How many were compared with a replay, what was wrong, and how many no service would begin at. */
export interface SnapshotAudit {
  readonly compared: number;
  readonly discarded: number;
  readonly violations: readonly Violation[];
}

/** Compares snapshots with what a replay of the log gives: one in a hundred, or `all` of them. */
export async function auditSnapshots(
  log: EventLog,
  sources: readonly SnapshotSource[],
  { all, onProgress }: { readonly all: boolean; readonly onProgress: (text: string) => void },
): Promise<SnapshotAudit> {
  const violations: Violation[] = [];
  let compared = 0;
  let discarded = 0;
  for (const { registry, bucket, keys, code } of sources) {
    const { service } = registry.contract;
    for (const name of namesIn(await keys())) {
      const manifest = await manifestOf(bucket, name, code);
      if (!manifest) discarded++;
      if (!manifest || (!all && shareOfHash(hash(service, name, manifest.digest)) >= SHARE)) continue;
      onProgress(`replaying the snapshot ${name} of ${service}`);
      const snapshot = await readSnapshot(bucket, name, code);
      const replayed = snapshot && (await replayOf({ log, registry }, name, snapshot.position));
      if (replayed?.kind !== 'replayed') {
        discarded++; // of another code, not whole, or of another log: a service discards it as well
        continue;
      }
      compared++;
      const said = saysOf(name, snapshot?.data);
      if (said === replayed.says) continue;
      const where = `${service} ${name} at ${snapshot?.position.seq}`;
      violations.push({ invariant: snapshotInvariant, where, found: differenceOf(said, replayed.says) });
    }
  }
  return { compared, discarded, violations };
}

/** Where two texts begin to differ. */
function differenceOf(said: string, expected: string): string {
  let at = 0;
  while (said[at] === expected[at]) at++;
  const from = Math.max(0, at - 40);
  const shown = (text: string): string => text.slice(from, from + SHOWN_MAX);
  return `…${shown(said)}…, the log gives …${shown(expected)}…`;
}

/** An audit with what was found of the snapshots. */
export const withSnapshots = (audit: Audit, { compared, discarded, violations }: SnapshotAudit): Audit => ({
  ...audit,
  checked: { ...audit.checked, snapshots: compared },
  invariants: { ...audit.invariants, [snapshotInvariant]: compared },
  violations: [...audit.violations, ...violations],
  unchecked:
    discarded === 0
      ? audit.unchecked
      : [
          ...audit.unchecked,
          {
            invariant: snapshotInvariant,
            where: `${discarded} snapshots`,
            why: 'of another code or another log: services discard them too',
          },
        ],
});
