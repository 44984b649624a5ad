import { messageOf } from '@refrain/errors';
import type { Commit, Position } from '@refrain/event-log';
import { DeadLetterList } from './dead-letter-list.ts';
import { Follower } from './follower.ts';
import type { ReadModel } from './handle.ts';
import { OpenMatters } from './open-matters.ts';
import { OpenOperations } from './open-operations.ts';
import type { Ports } from './ports.ts';
import type { Registry } from './registry.ts';
import { ownLogName, type Snapshot } from './snapshot.ts';
import type { SnapshotStore } from './snapshot-store.ts';
import type { Keepable } from './snapshotter.ts';

interface KeptView {
  readonly operations: unknown;
  readonly letters: unknown;
  readonly matters: unknown;
}

/**
 * What the sweep, people and metrics ask about: the open operations, the dead letters and the open matters of
 * a service, from its own log. Read on when somebody asks; a process begins at the last snapshot, or where
 * there is none of use, at the first commit.
 */
export class OwnLogView implements ReadModel {
  readonly operations: OpenOperations;
  readonly letters: DeadLetterList;
  readonly matters: OpenMatters;
  readonly #ports: Ports;
  readonly #follower: Follower;
  readonly #snapshots: SnapshotStore | undefined;
  #begun = false;
  #isLevel = false;
  #unkept = 0;
  /** Two that read on at once would fold a page twice. */
  #turn: Promise<void> = Promise.resolve();

  constructor(ports: Ports, { contract, matters }: Registry, snapshots?: SnapshotStore) {
    this.#ports = ports;
    this.#snapshots = snapshots;
    const onUnreadable = ({ seq }: Commit, error: unknown): void =>
      ports.logger.error(
        { seq, error: messageOf(error) },
        'a commit that cannot be read is missing in the lists of operations, dead letters and matters',
      );
    this.operations = new OpenOperations(contract, onUnreadable);
    this.letters = new DeadLetterList(onUnreadable);
    this.matters = new OpenMatters(contract, matters, onUnreadable);
    this.#follower = new Follower(ports, contract.service, this, { everyMs: 0 });
  }

  position(): Position | undefined {
    return this.letters.position();
  }

  reset(): void {
    this.operations.reset();
    this.letters.reset();
    this.matters.reset();
  }

  apply(commits: readonly Commit[], position: Position): void {
    this.operations.apply(commits, position);
    this.letters.apply(commits, position);
    this.matters.apply(commits, position);
    this.#unkept += commits.length;
  }

  /** All that it knows, to be kept; `undefined` while it knows nothing. */
  snapshot(): Snapshot | undefined {
    const position = this.position();
    if (!position) return undefined;
    const [operations, letters, matters] = [this.operations, this.letters, this.matters].map((m) => m.kept());
    return { position, data: { operations, letters, matters } satisfies KeptView };
  }

  restore({ position, data }: Snapshot): void {
    const { operations, letters, matters } = data as KeptView;
    this.operations.restore(operations, position);
    this.letters.restore(letters, position);
    this.matters.restore(matters, position);
  }

  /** It, when it has read so many commits since it was last kept, and got as far as the log goes. */
  keepable(after: number): Keepable[] {
    if (this.#unkept < after || !this.#isLevel) return [];
    const take = (): Snapshot | undefined => {
      this.#unkept = 0;
      return this.snapshot();
    };
    return [{ name: ownLogName, take }];
  }

  /** Reads until there is nothing new. @throws RF_UNREACHABLE when the log does not answer. */
  catchUp(): Promise<void> {
    const read = async (): Promise<void> => {
      if (!this.#begun) await this.#begin();
      await this.#follower.catchUp();
      this.#isLevel = true;
    };
    const turn = this.#turn.then(read, read);
    this.#turn = turn;
    return turn;
  }

  /** That its position is still in the log is looked at by the follower, as for every read model. */
  async #begin(): Promise<void> {
    const kept = await this.#snapshots?.read(ownLogName);
    this.#begun = true;
    if (!kept) return;
    try {
      this.restore(kept);
    } catch (error) {
      this.reset();
      this.#ports.logger.warn({ error: messageOf(error) }, 'a snapshot cannot be used; the log is read');
    }
  }

  stop(): void {
    this.#follower.stop();
  }
}
