import { type EventLog, headersOf, type NewCommit, type StoredMessage } from '@refrain/event-log';
import type { Copies } from '@refrain/jetstream';

/** Logs of any length that lie nowhere yet: what is exported from here, an import brings to a broker. */
export class KeptLog implements Pick<EventLog, 'append'>, Pick<Copies, 'read' | 'lastSequence'> {
  readonly #logs = new Map<string, StoredMessage[]>();

  async append(commit: NewCommit) {
    const { service } = commit.entity;
    const log = this.#logOf(service);
    const at = Date.now();
    const lines = Object.entries(headersOf(commit)).filter(([, value]) => value !== undefined);
    const header = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const seq = log.length + 1;
    log.push({ service, subject: commit.subject, seq, at, header, body: Buffer.from(commit.body) });
    return { outcome: 'appended', seq, at, duplicate: false } as const;
  }

  async read(service: string, from: number, limit: number): Promise<StoredMessage[]> {
    return this.#logOf(service).slice(from - 1, from - 1 + limit);
  }

  async lastSequence(service: string): Promise<number> {
    return this.#logOf(service).length;
  }

  #logOf(service: string): StoredMessage[] {
    const log = this.#logs.get(service) ?? [];
    this.#logs.set(service, log);
    return log;
  }
}
