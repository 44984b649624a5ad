/** Events of one newer version that wait for a newer build of this service. */
export interface NewerEvent {
  readonly source: string;
  readonly type: string;
  readonly version: number;
  /** When one was seen last, in milliseconds since 1970. It comes again every few seconds while it waits. */
  readonly lastSeenAt: number;
}

/** Most kinds that are remembered: there are never many versions ahead of this build. */
const KINDS_MAX = 100;

/** What this process has put off because a newer build wrote it. Shown to people; no defect. */
export class NewerEvents {
  readonly #seen = new Map<string, NewerEvent>();

  note(source: string, { type, version }: { type: string; version: number }, at: number): void {
    const key = `${source} ${type}.${version}`;
    this.#seen.delete(key); // the one seen last stands last
    this.#seen.set(key, { source, type, version, lastSeenAt: at });
    const [oldest] = this.#seen.keys();
    if (this.#seen.size > KINDS_MAX && oldest !== undefined) this.#seen.delete(oldest);
  }

  list(): NewerEvent[] {
    return [...this.#seen.values()];
  }
}
