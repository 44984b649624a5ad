import { RefrainError } from '@refrain/errors';
import { beginLine, flowsOf, linesOf, type StoredMessage } from '@refrain/event-log';
import type { Copies } from '@refrain/jetstream';
import type { Ends } from './cut.ts';
import { type Written, writeArchive } from './archive-writer.ts';
import { PROGRESS_EVERY, progressOf } from './progress.ts';
import { messagesOf } from './stored-messages.ts';

export interface RecordParts {
  readonly copies: Pick<Copies, 'read' | 'lastSequence'>;
  readonly platformId: string;
  readonly services: readonly string[];
  /** The id of the flow: an order's is the order's. */
  readonly flow: string;
  readonly file: string;
  readonly onProgress: (text: string) => void;
}

export interface Recorded extends Written {
  readonly file: string;
  readonly flow: string;
  readonly positions: Ends;
  readonly entities: number;
}

/** Bound on the messages of a history. A hot entity brings all that it had decided before. */
export const HISTORY_MESSAGES_MAX = 10_000;

/**
 * Writes what a flow had to do with to a file: of each entity in it all commits up to the flow's last one, so
 * that each state is whole. A hot entity serves every flow, so a history is small where the shop is.
 * `undefined`: no log knows the flow, and no file was written.
 * @throws RF_EXPORT over the bound.
 */
export async function recordFlow(parts: RecordParts): Promise<Recorded | undefined> {
  const { copies, platformId, services, flow, file, onProgress } = parts;
  const ends: Record<string, number> = {};
  for (const service of services) ends[service] = await copies.lastSequence(service);
  const tell = progressOf('reading', 2 * Object.values(ends).reduce((sum, n) => sum + n, 0));
  let read = 0;
  async function* all(): AsyncGenerator<StoredMessage> {
    for (const service of services)
      for await (const message of messagesOf(copies, service, { from: 1, to: ends[service] ?? 0 })) {
        if (++read % PROGRESS_EVERY === 0) onProgress(tell(read));
        yield message;
      }
  }
  const last = new Map<string, number>();
  const positions: Record<string, number> = Object.fromEntries(services.map((service) => [service, 0]));
  for await (const message of all())
    if (flowsOf(message).includes(flow)) {
      last.set(message.subject, message.seq);
      positions[message.service] = message.seq;
    }
  if (last.size === 0) return undefined;
  let messages = 0;
  const written = await writeArchive(file, async (add) => {
    await add(beginLine({ platformId, positions, without: [], flow }));
    for await (const message of all()) {
      if (message.seq > (last.get(message.subject) ?? 0)) continue;
      if (++messages > HISTORY_MESSAGES_MAX)
        throw new RefrainError('RF_EXPORT', {
          problem: `the history of ${flow} has more than ${HISTORY_MESSAGES_MAX} messages, since a hot entity decided so much before; record it in a small shop`,
        });
      for (const line of linesOf(message)) await add(line, 1);
    }
  });
  onProgress('');
  return { file, flow, positions, entities: last.size, ...written };
}
