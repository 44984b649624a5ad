import { defineContract, event } from '@refrain/contract-kit';
import { defineDecider } from '@refrain/decider';
import type { Commit, EventLog, RecordedEvent } from '@refrain/event-log';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { EntityLoader } from './entity-loader.ts';
import { EntityState } from './entity-state.ts';
import { noMetrics } from './metrics.ts';
import { silentLog } from './ports.ts';

const id = z.string();
const tally = defineContract({
  service: 'tally',
  entities: { book: { id: 'id', events: { Noted: event(1, { id }) } } },
});
const book = defineDecider(tally, 'book', { noted: 0 })({
  evolve: {
    Noted: (state) => {
      state.noted++;
    },
  },
  decide: {},
});
const entity = { service: 'tally', entityType: 'book', entityId: 'a' };
const kind = {
  entityType: 'book',
  contract: tally.$contract,
  decider: book.$decider,
  hot: false,
  matters: [],
};
const empty = (): EntityState => new EntityState(entity, kind);

const noted = (cause: string): RecordedEvent => ({
  id: cause,
  type: 'Noted',
  version: 1,
  cause,
  reaction: 'r',
  correlation: 'f',
  data: { id: 'a' },
});
const commit = (seq: number, expected: number, commitId = `c${seq}`): Commit => ({
  entity,
  seq,
  id: commitId,
  expected,
  at: 0,
  types: ['Noted.1'],
  bytes: 0,
  body: () => ({ events: [noted(commitId)] }),
});

/** A log of which each load sees the first `seen` commits; the leader knows all of them. */
function logOf(commits: readonly Commit[], seen: { commits: number }): EventLog {
  const load = async (_: unknown, after: number, limit = 1_000) =>
    commits
      .slice(0, seen.commits)
      .filter(({ seq }) => seq > after)
      .slice(0, limit);
  const last = async () => {
    const { seq, id: commitId } = commits.at(-1) as Commit;
    return { seq, commitId };
  };
  return { load, last } as unknown as EventLog;
}

test('a state of before a lost tail is not gone on with, also where the replica that answers lags', async () => {
  const before = empty();
  for (const one of [commit(1, 0), commit(4, 1, 'lost')]) before.apply(one);
  const seen = { commits: 1 };
  const log = logOf([commit(1, 0), commit(3, 1), commit(5, 3)], seen);
  const loader = new EntityLoader({ log, logger: silentLog, metrics: noMetrics });
  // The replica does not show yet what stands at 4, and the leader has more: nothing speaks against it.
  expect(await loader.caughtUp(before)).toMatchObject({ seq: 4 });
  seen.commits = 3;
  await expect(loader.readOn(before)).rejects.toThrow(
    'RF_STATE_FOREIGN: What is known of book/a ends at 4, and its commit at 5 was made on the one at 3.',
  );
  expect(before).toMatchObject({ seq: 4, state: { noted: 2 } });
  expect(await loader.caughtUp(before)).toBeUndefined();
  expect(await loader.loaded(empty)).toMatchObject({ seq: 5, state: { noted: 3 } });
});
