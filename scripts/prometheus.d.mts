/** Paths of the programs, or what this machine would need to have them. */
export type Prometheus =
  | { readonly prometheus: string; readonly promtool: string; readonly missing?: undefined }
  | { readonly missing: string };

/**
 * From PATH, the cache folder or apt. Blocks while it fetches (about 15 s, 30 MB, once).
 * @throws with `CI` set, where a test that is skipped would go unnoticed.
 */
export declare function findPrometheus(options?: {
  /** Gets one line before each long step. Default: stderr. */
  log?: (line: string) => void;
  /** Default: `process.env`. */
  env?: NodeJS.ProcessEnv;
}): Prometheus;
