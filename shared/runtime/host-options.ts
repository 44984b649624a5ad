/** When what a service knows is kept as a snapshot. */
export interface SnapshotOptions {
  /** The hash of the code that makes states: what another code kept is discarded. */
  readonly codeHash: string;
  /** Time between two looks for what is worth a snapshot, in milliseconds. Default 10_000. */
  readonly everyMs?: number;
  /** Least time between two snapshots of one thing, over all instances, in milliseconds. Default 60_000. */
  readonly restMs?: number;
  /** How many new commits make an entity worth a snapshot. Default 256. */
  readonly entityAfter?: number;
  /** How many new commits of the log make it worth one of all that is open or waits. Default 1_000. */
  readonly logAfter?: number;
}

/** What holds where nothing else is said. */
export const SNAPSHOT_DEFAULTS = { everyMs: 10_000, restMs: 60_000, entityAfter: 256, logAfter: 1_000 };

/** How a service is hosted. */
export interface HostOptions {
  /** Drawn once for a platform and kept at the broker; part of every id. */
  readonly platformId: string;
  /** The name of this process among the instances of the service, `payments-2`. */
  readonly instance: string;
  /** Most operations called at once. Default 64. */
  readonly callsMax?: number;
  /** Most entities kept in memory. Default 10_000. */
  readonly entitiesMax?: number;
  /**
   * Time between two sweeps, and how long overdue an operation must be for one, in milliseconds. Default
   * 10_000 and 30_000.
   */
  readonly sweepEveryMs?: number;
  readonly sweepOverdueMs?: number;
  /**
   * Longest time without a look at the own log, for hot entities and read models, in milliseconds. Default
   * 250.
   */
  readonly followEveryMs?: number;
  /** Keeps snapshots and begins at them; needs `Ports.snapshots`. Default: all is read from the log. */
  readonly snapshots?: SnapshotOptions;
  /**
   * Told once, when a recovery or an import begins after this host did: all that it knows is void, and its
   * process must end. Default: nobody is.
   */
  readonly onVoid?: () => void;
  /**
   * Whether the platform was imported and nobody has taken it over yet: nobody is called before that is on
   * record. Default false.
   */
  readonly held?: boolean;
  /**
   * Off only to show which layer catches a duplicate. `causes`: whether an entity knows what it has handled
   * before. Default true.
   */
  readonly protections?: { readonly causes: boolean };
}

/** What holds where nothing else is said. */
export const HOST_DEFAULTS = {
  callsMax: 64,
  entitiesMax: 10_000,
  sweepEveryMs: 10_000,
  sweepOverdueMs: 30_000,
  followEveryMs: 250,
  held: false,
};
