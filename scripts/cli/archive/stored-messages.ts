import { setTimeout as sleep } from 'node:timers/promises';
import { RefrainError } from '@refrain/errors';
import type { StoredMessage } from '@refrain/event-log';
import type { Copies } from '@refrain/jetstream';

/** Messages read at once; also the bound on what is held in memory. */
const PAGE = 1_000;
/** How long a replica that lags is asked again, in milliseconds. */
const LAG_MS_MAX = 10_000;

/** Messages from one position to another, both included. @throws RF_EXPORT where one is missing. */
export async function* messagesOf(
  copies: Pick<Copies, 'read'>,
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
