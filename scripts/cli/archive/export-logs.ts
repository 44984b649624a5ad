import { RefrainError } from '@refrain/errors';
import {
  type ArchiveKept,
  beginLine,
  decodeBody,
  keptLine,
  linesOf,
  type StoredMessage,
} from '@refrain/event-log';
import type { Copies } from '@refrain/jetstream';
import { consistentCut, type Ends, type TailCommit } from './cut.ts';
import { type Written, writeArchive } from './archive-writer.ts';
import { PROGRESS_EVERY, progressOf } from './progress.ts';
import { messagesOf } from './stored-messages.ts';

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

export interface Exported extends Written {
  readonly file: string;
  readonly platformId: string;
  readonly positions: Ends;
}

/** Bound on what was stored while the ends were read, in messages: they are held in memory. */
const TAIL_MAX = 100_000;

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
  let done = 0;
  try {
    const written = await writeArchive(file, async (add) => {
      await add(beginLine({ platformId, positions, without }));
      for (const one of kept) await add(keptLine(one));
      for (const service of services)
        for await (const message of messagesOf(copies, service, { from: 1, to: positions[service] ?? 0 })) {
          for (const line of linesOf(message)) await add(line, 1);
          if (++done % PROGRESS_EVERY === 0) onProgress(tell(done));
        }
    });
    return { file, platformId, positions, ...written };
  } finally {
    onProgress('');
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

const refused = (problem: string): RefrainError => new RefrainError('RF_EXPORT', { problem });
