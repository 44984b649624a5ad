import { hash } from '@refrain/contract-kit';
import { type HostOptions, SNAPSHOT_DEFAULTS } from './host-options.ts';
import type { HotReader } from './hot-reader.ts';
import type { EntityStore } from './entity-store.ts';
import type { OwnLogView } from './own-log-view.ts';
import type { Ports } from './ports.ts';
import { SnapshotStore } from './snapshot-store.ts';
import { Snapshotter } from './snapshotter.ts';

/** What a host knows that takes long to read again. */
export interface Known {
  readonly store: EntityStore;
  readonly view: OwnLogView;
  readonly hot: readonly HotReader[];
}

/** The snapshots of a host. */
export interface Snapshotting {
  readonly store: SnapshotStore;
  readonly entityAfter: number;
  /** Keeps them from then on. */
  of(known: Known): Snapshotter;
}

/**
 * `undefined` where nothing is to be kept. `recovery` says which recovery of the broker was the last one, as
 * soon as that is known: a snapshot of before is dropped with everything else of before.
 */
export function snapshottingOf(
  ports: Ports,
  { snapshots }: Pick<HostOptions, 'snapshots'>,
  recovery: () => Promise<string>,
): Snapshotting | undefined {
  if (!ports.snapshots || !snapshots) return undefined;
  const { codeHash, ...given } = snapshots;
  const { everyMs, restMs, entityAfter, logAfter } = { ...SNAPSHOT_DEFAULTS, ...given };
  const code = async (): Promise<string> => snapshotCode(codeHash, await recovery());
  const store = new SnapshotStore({ bucket: ports.snapshots, code }, ports.logger);
  return {
    store,
    entityAfter,
    of: (known) => {
      const due = () => [
        ...known.view.keepable(logAfter),
        ...known.hot.flatMap((hot) => hot.keepable(entityAfter)),
        ...known.store.keepable(),
      ];
      return new Snapshotter(ports.clock, store, due, { everyMs, restMs });
    },
  };
}

/** What a snapshot must have been made by: this code, after that recovery (`''`: there was none). */
export const snapshotCode = (codeHash: string, recovery: string): string =>
  hash('snapshot', codeHash, recovery);
