export interface NatsServer {
  /** Path of the binary. */
  bin: string;
  /** As the binary says it: `2.15.1`. */
  version: string;
  /** Where it was found: `NATS_SERVER_BIN`, `PATH`, `cache`, or `apt, Debian testing`. */
  from: string;
}

/** Oldest server Refrain runs on. */
export declare const floor: readonly number[];

/** `[major, minor, patch]` as the binary itself says it, or `undefined` when it does not run. */
export declare function versionOf(bin: string): number[] | undefined;

/**
 * The first usable server of: NATS_SERVER_BIN (a bad value is an error, nothing else is tried), PATH, the
 * cache folder, apt. Blocks while it fetches (about 6 s, 15 MB), which it announces through `log`.
 * @throws an error that lists what was tried and what a user of this system can do.
 */
export declare function findNatsServer(options?: {
  /** Gets one line before each long step. Default: stderr. */
  log?: (line: string) => void;
  /** Default: `process.env`. */
  env?: NodeJS.ProcessEnv;
}): NatsServer;
