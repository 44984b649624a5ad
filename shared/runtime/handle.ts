import type { Command } from '@refrain/decider';
import type { Commit, Position, RecordedEvent } from '@refrain/event-log';

/** Why a command from outside is executed, and which flow it belongs to. */
export interface Origin {
  /** `request:…`, made by `cause.request(client, key)`: the same request is decided once, for ever. */
  readonly cause: string;
  readonly correlation: string;
  /** W3C traceparent; derived from the correlation id when left out. */
  readonly traceparent?: string | undefined;
}

/** What a command from outside came to. */
export interface Executed {
  /** The entity's state after the command. */
  readonly state: unknown;
  /** What was recorded now; empty when the cause had been handled before. */
  readonly events: readonly RecordedEvent[];
  /** The cause had been handled before: nothing was recorded now. */
  readonly replayed: boolean;
}

/** What a service's own doors (HTTP, read models) may do with the running service. */
export interface ServiceHandle {
  readonly service: string;
  readonly platformId: string;
  /**
   * Decides a command once per origin, and records what it decides.
   * @throws RF_STOPPING while the service drains, RF_BUSY when it has as many under way as it takes,
   * RF_APPEND_UNKNOWN, RF_APPEND_CONFLICT: the same origin may be sent again.
   */
  execute(command: Command, origin: Origin): Promise<Executed>;
  /** An entity's state from the log, as of now; `seq` is 0 when the log does not know it. */
  stateOf(entityType: string, entityId: string): Promise<{ state: unknown; seq: number }>;
  /** Keeps a read model up to date with the service's own log until the service stops. */
  follow(model: ReadModel | RebuildableModel): void;
}

/** A view of the service's own log, kept beside it and thrown away at will. */
export interface ReadModel {
  /** How far it has read, or `undefined` when it is empty. */
  position(): Position | undefined;
  /** Applies commits in log order and notes `position`, both or neither. */
  apply(commits: readonly Commit[], position: Position): void;
  /** Forgets everything: its position names a commit that the log does not have. */
  reset(): void;
  /** Told whenever it has read all that the log then had. */
  atEnd?(): void;
  /** Nothing is read for it as long as it is. Default: never. */
  isIdle?(): boolean;
}

/**
 * A read model that can be built anew while it answers: the new building is a read model of its own, idle
 * until `rebuild`, which takes the other's place once it has read as far as the log goes.
 */
export interface RebuildableModel extends ReadModel {
  readonly name: string;
  readonly beside: ReadModel;
  /** Begins a new building; goes on with the one that is under way. */
  rebuild(): void;
}
