import { messageOf } from '@refrain/errors';
import type { Commit, Position } from '@refrain/event-log';
import { DeadLetterList } from './dead-letter-list.ts';
import { Follower } from './follower.ts';
import type { ReadModel } from './handle.ts';
import { OpenMatters } from './open-matters.ts';
import { OpenOperations } from './open-operations.ts';
import type { Ports } from './ports.ts';
import type { Registry } from './registry.ts';

/**
 * What the sweep, people and metrics ask about: the open operations, the dead letters and the open matters of
 * a service, from its own log. Read on when somebody asks, and built anew with each process.
 */
export class OwnLogView implements ReadModel {
  readonly operations: OpenOperations;
  readonly letters: DeadLetterList;
  readonly matters: OpenMatters;
  readonly #follower: Follower;
  /** Two that read on at once would fold a page twice. */
  #turn: Promise<void> = Promise.resolve();

  constructor(ports: Ports, { contract, matters }: Registry) {
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
  }

  /** Reads until there is nothing new. @throws RF_UNREACHABLE when the log does not answer. */
  catchUp(): Promise<void> {
    const read = (): Promise<void> => this.#follower.catchUp();
    const turn = this.#turn.then(read, read);
    this.#turn = turn;
    return turn;
  }

  stop(): void {
    this.#follower.stop();
  }
}
