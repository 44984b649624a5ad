import type { Commit, EventLog } from '@refrain/event-log';

/** Commits asked for at once, so the memory that reading takes is bounded by as many bodies. */
const PAGE = 1_000;

/** Every commit of a service's stream from one sequence to another, both included, page by page. */
export async function* commitsOf(
  log: Pick<EventLog, 'read'>,
  service: string,
  { from, to }: { readonly from: number; readonly to: number },
): AsyncGenerator<Commit> {
  for (let next = from; next <= to; ) {
    const page = await log.read(service, next, PAGE);
    if (page.length === 0) return; // what a replica does not have yet, or what a lost tail took
    for (const commit of page) {
      if (commit.seq > to) return;
      yield commit;
      next = commit.seq + 1;
    }
  }
}
