import { type EventLog, headersOf, type NewCommit, type StoredMessage } from '@refrain/event-log';
import type { Copies } from '@refrain/jetstream';

const BATCH = 500;

/**
 * A log that is written in batches, in the order of its appends, however slow the machine is: a message that
 * is late keeps those behind it from being stored, and all of them come again.
 */
export class BatchedLog implements Pick<EventLog, 'append'> {
  readonly #copies: Pick<Copies, 'write'>;
  readonly #batches = new Map<string, StoredMessage[]>();
  readonly #ends = new Map<string, number>();
  readonly #writing = new Map<string, Promise<void>>();

  constructor(copies: Pick<Copies, 'write'>) {
    this.#copies = copies;
  }

  async append(commit: NewCommit) {
    const { service } = commit.entity;
    const seq = (this.#ends.get(service) ?? 0) + 1;
    this.#ends.set(service, seq);
    const lines = Object.entries(headersOf(commit)).filter(([, value]) => value !== undefined);
    const header = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const at = Date.now();
    const batch = this.#batches.get(service) ?? [];
    this.#batches.set(service, batch);
    batch.push({ service, subject: commit.subject, seq, at, header, body: Buffer.from(commit.body) });
    if (batch.length >= BATCH) await this.#flush(service);
    return { outcome: 'appended', seq, at, duplicate: false } as const;
  }

  /** Resolves when all of it is stored. */
  async done(): Promise<void> {
    for (const service of this.#batches.keys()) await this.#flush(service);
  }

  #flush(service: string): Promise<void> {
    const batch = this.#batches.get(service) ?? [];
    this.#batches.set(service, []);
    const before = this.#writing.get(service) ?? Promise.resolve();
    const written = before.then(() => this.#copies.write(batch));
    this.#writing.set(service, written);
    return written;
  }
}
