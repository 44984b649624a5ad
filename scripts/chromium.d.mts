/** The program to start, or what this machine would need to have it. */
export type Chromium =
  | { readonly chromium: string; readonly missing?: undefined }
  | { readonly missing: string; readonly chromium?: undefined };

/**
 * `CHROMIUM_BIN`, else from PATH, else installed by apt where `CI` is set and this is root. Blocks while it
 * installs (about 30 s, 120 MB, once).
 * @throws where `CHROMIUM_BIN` does not start, and where the installation fails.
 */
export declare function findChromium(options?: {
  /** Gets one line before each long step. Default: stderr. */
  log?: (line: string) => void;
  /** Default: `process.env`. */
  env?: NodeJS.ProcessEnv;
  /** Default: whether this process is root's. */
  isRoot?: boolean;
}): Chromium;
