import { createHash } from 'node:crypto';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { RefrainError } from '@refrain/errors';
import {
  type ArchiveKept,
  beginLine,
  decodeBody,
  endLine,
  keptLine,
  linesOf,
  type StoredMessage,
} from '@refrain/event-log';
import type { Copies } from '@refrain/jetstream';
import { consistentCut, type Ends, type TailCommit } from './cut.ts';
import { PROGRESS_EVERY, progressOf } from './progress.ts';

export interface ExportParts {
  readonly copies: Pick<Copies, 'read' | 'lastSequence'>;
  readonly platformId: string;
  /** In this order. */
  readonly services: readonly string[];
  /** Those that are left out. */
  readonly without: readonly string[];
  /** What is kept beside the logs. */
  readonly kept: readonly ArchiveKept[];
  readonly file: string;
  readonly onProgress: (text: string) => void;
}

export interface Exported {
  readonly file: string;
  readonly platformId: string;
  readonly positions: Ends;
  readonly events: number;
  readonly bytes: number;
  readonly sha256: string;
}

/** Messages read at once; also the bound on what is held in memory. */
const PAGE = 1_000;
/** Bound on what was stored while the ends were read, in messages: they are held in memory. */
const TAIL_MAX = 100_000;
/** Bytes gathered for one write to the file. */
const WRITE_BYTES = 1024 * 1024;
/** How long a replica that lags is asked again, in milliseconds. */
const LAG_MS_MAX = 10_000;

/**
 * Writes the logs of these services to a file, also while they go on: cut so that no event lies in it without
 * its cause. The file appears when it is whole. The same logs give the same file, byte for byte.
 * @throws RF_EXPORT where a log cannot be carried, RF_UNREACHABLE. No file is left.
 */
export async function exportLogs(parts: ExportParts): Promise<Exported> {
  const { copies, platformId, services, without, kept, file, onProgress } = parts;
  const positions = await cutOf(copies, services);
  const total = Object.values(positions).reduce((sum, n) => sum + n, 0);
  const tell = progressOf('exporting', total);
  const out = new ArchiveWriter(await open(`${file}.part`, 'w', 0o600));
  let done = 0;
  try {
    await out.add(beginLine({ platformId, positions, without }));
    for (const one of kept) await out.add(keptLine(one));
    for (const service of services)
      for await (const message of messagesOf(copies, service, { from: 1, to: positions[service] ?? 0 })) {
        for (const line of linesOf(message)) await out.add(line, 1);
        if (++done % PROGRESS_EVERY === 0) onProgress(tell(done));
      }
    const { events, sha256 } = out.soFar();
    await out.add(endLine({ events, sha256 }));
    await out.end();
    await rename(`${file}.part`, file);
    return { file, platformId, positions, events, bytes: out.bytes, sha256 };
  } finally {
    await out.close();
    await rm(`${file}.part`, { force: true });
    onProgress('');
  }
}

class ArchiveWriter {
  readonly #handle: FileHandle;
  readonly #hash = createHash('sha256');
  #waiting: string[] = [];
  #waitingBytes = 0;
  #events = 0;
  bytes = 0;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async add(line: string, events = 0): Promise<void> {
    const text = `${line}\n`;
    this.#events += events;
    this.#waiting.push(text);
    this.#waitingBytes += text.length;
    if (this.#waitingBytes >= WRITE_BYTES) await this.#write();
  }

  soFar(): { events: number; sha256: string } {
    const hash = this.#hash.copy().update(this.#waiting.join(''));
    return { events: this.#events, sha256: hash.digest('hex') };
  }

  async end(): Promise<void> {
    await this.#write();
    await this.#handle.sync();
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }

  async #write(): Promise<void> {
    const bytes = Buffer.from(this.#waiting.join(''));
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#hash.update(bytes);
    this.bytes += bytes.length;
    await this.#handle.writeFile(bytes);
  }
}

/** See `consistentCut`: what was stored between the first look and the last may be missing a cause. */
async function cutOf(copies: ExportParts['copies'], services: readonly string[]): Promise<Ends> {
  const look = async (): Promise<Ends> => {
    const ends: Record<string, number> = {};
    for (const service of services) ends[service] = await copies.lastSequence(service);
    return ends;
  };
  const [first, ends, last] = [await look(), await look(), await look()];
  const tail: TailCommit[] = [];
  for (const service of services) {
    const [from, to] = [(first[service] ?? 0) + 1, last[service] ?? 0];
    if (tail.length + to - from > TAIL_MAX)
      throw refused(`more than ${TAIL_MAX} messages were stored while it began; stop some of the services`);
    for await (const message of messagesOf(copies, service, { from, to })) tail.push(tailOf(message));
  }
  return consistentCut(ends, tail);
}

function tailOf({ service, seq, body }: StoredMessage): TailCommit {
  try {
    const { events } = decodeBody(Buffer.from(body).toString(), { service, seq });
    const causes = events.flatMap(({ cause, data }) => [cause, (data as { cause?: unknown } | null)?.cause]);
    const ids = causes.flatMap((cause) => /^event:(.+)$/.exec(String(cause))?.[1] ?? []);
    return { service, seq, events: events.map(({ id }) => id), causes: ids };
  } catch {
    return { service, seq, events: [], causes: [] }; // unreadable: nothing follows from it
  }
}

/** Messages from one position to another, both included. @throws RF_EXPORT where one is missing. */
async function* messagesOf(
  copies: ExportParts['copies'],
  service: string,
  { from, to }: { readonly from: number; readonly to: number },
): AsyncGenerator<StoredMessage> {
  let emptySince: number | undefined;
  for (let next = from; next <= to; ) {
    const page = await copies.read(service, next, PAGE);
    for (const message of page) {
      if (message.seq > to) return;
      if (message.seq !== next) throw refused(`the log of ${service} has nothing at ${next}`);
      yield message;
      next++;
    }
    if (page.length > 0) emptySince = undefined;
    else if (performance.now() - (emptySince ??= performance.now()) > LAG_MS_MAX)
      throw refused(`a replica of the log of ${service} has nothing at ${next}`);
    else await sleep(50);
  }
}

const refused = (problem: string): RefrainError => new RefrainError('RF_EXPORT', { problem });
