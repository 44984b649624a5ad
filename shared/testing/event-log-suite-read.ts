import { newCommit, type Position } from '@refrain/event-log';
import { expect } from 'vitest';
import type { EventLogSuiteOptions, LogBench } from './event-log-suite-bench.ts';
import {
  appended,
  appendMany,
  benchTest,
  commitOn,
  eventOf,
  seqsOf,
  ticket,
  upTo,
} from './event-log-suite-kit.ts';

/** What was stored is read as it was, in log order and without a gap. */
export function readSuite(make: () => Promise<LogBench>): void {
  const fact = (name: string, run: (bench: LogBench) => Promise<void>): void => benchTest(name, make, run);

  fact('an entity nobody wrote to has no commits and no last one', async (bench) => {
    await appendMany(bench.log, ticket(bench, 'other'), 3);
    expect(await bench.log.load(ticket(bench, 'a'), 0)).toEqual([]);
    expect(await bench.log.last(ticket(bench, 'a'))).toBeUndefined();
  });

  fact('an empty log has the last sequence 0 and nothing to read', async ({ log, service }) => {
    expect(await log.lastSequence(service)).toBe(0);
    expect(await log.read(service, 1, 10)).toEqual([]);
  });

  fact('a commit comes back as it was appended', async (bench) => {
    const { log, clock } = bench;
    const entity = ticket(bench, 'a');
    await appendMany(log, ticket(bench, 'other'), 2);
    const events = [
      eventOf('one'),
      { ...eventOf('two', { text: 'ä€😀' }), type: 'TicketClosed', version: 12, operation: 'op1' },
    ];
    const commit = newCommit({ entity, expected: 0, events, cursor: { seq: 2, commitId: 'c2' } });
    const seq = await appended(log, commit);
    for (const [stored] of [await log.load(entity, 0), await log.read(bench.service, seq, 1)]) {
      expect(stored).toMatchObject({ entity, seq, id: commit.id, bytes: Buffer.byteLength(commit.body) });
      expect([stored?.types, stored?.expected]).toEqual([['TicketNoted.1', 'TicketClosed.12'], 0]);
      expect(Math.abs((stored?.at ?? 0) - clock.now())).toBeLessThan(5_000);
      expect(stored?.body()).toMatchObject({ events, cursor: { seq: 2, commitId: 'c2' } });
    }
    expect(await log.last(entity)).toEqual({ seq, commitId: commit.id });
  });

  fact(
    '1,100 commits, more than come in one answer, are loaded in order, and from behind any of them',
    async (bench) => {
      const { log } = bench;
      const entity = ticket(bench, 'a');
      await appendMany(log, ticket(bench, 'b'), 3);
      const last = await appendMany(log, entity, 1_100);
      const all = await log.load(entity, 0);
      expect(seqsOf(all)).toEqual(upTo(1_100).map((i) => i + 3));
      expect(seqsOf(await log.load(entity, 50, 1_050))).toEqual(seqsOf(all).slice(47, 1_097));
      expect(await log.load(entity, last)).toEqual([]);
      expect(await log.last(entity)).toEqual({ seq: last, commitId: all.at(-1)?.id });
    },
  );

  fact('the log is read in order and without a gap, whoever wrote', async (bench) => {
    const { log, service } = bench;
    await Promise.all(upTo(10).map((i) => appendMany(log, ticket(bench, `e${i}`), 10)));
    const read: number[] = [];
    for (;;) {
      const page = await log.read(service, (read.at(-1) ?? 0) + 1, 7);
      expect(page.length).toBeLessThanOrEqual(7);
      if (page.length === 0) break;
      read.push(...seqsOf(page));
    }
    expect(read).toEqual(upTo(100));
    expect(seqsOf(await log.read(service, 100, 10))).toEqual([100]);
    expect(await log.read(service, 101, 10)).toEqual([]);
    expect(await log.lastSequence(service)).toBe(100);
  });

  fact(
    'of two readers at one hot entity, one records each page, and nothing is read twice',
    async (bench) => {
      const { log } = bench;
      const { log: other } = await bench.newInstance();
      const requests = await Promise.all(
        upTo(40).map((i) => appended(log, commitOn(ticket(bench, `e${i}`), 0, `e${i}`))),
      );
      await Promise.all([answerAll(bench, log, 'ours'), answerAll(bench, other, 'theirs')]);
      const answers = await log.load(hot(bench), 0);
      const answered = answers.flatMap((commit) =>
        commit.body().events.map(({ data }) => (data as { answers: number }).answers),
      );
      expect(answered).toEqual(requests.toSorted((a, b) => a - b));
      let cursor = 0;
      for (const commit of answers) {
        const next = commit.body().cursor as Position;
        expect(next.seq).toBeGreaterThan(cursor);
        expect((await log.read(bench.service, next.seq, 1))[0]?.id).toBe(next.commitId);
        cursor = next.seq;
      }
    },
  );
}

const hot = (bench: LogBench) => ({ ...ticket(bench, 'hot'), entityType: 'warehouse' });

/**
 * A hot entity's reader: answers what stands behind the cursor, and starts anew from the leader when it lost
 * a race.
 */
async function answerAll(bench: LogBench, log: LogBench['log'], who: string): Promise<void> {
  for (;;) {
    const last = (await log.load(hot(bench), 0)).at(-1);
    const cursor = last?.body().cursor ?? { seq: 0, commitId: '' };
    const page = (await log.read(bench.service, cursor.seq + 1, 6)).filter(
      ({ entity }) => entity.entityType === 'ticket',
    );
    const end = page.at(-1);
    if (!end) return;
    const events = page.map(({ seq }) => eventOf(`${who}-${seq}`, { answers: seq }));
    await log.append(
      newCommit({
        entity: hot(bench),
        expected: last?.seq ?? 0,
        events,
        cursor: { seq: end.seq, commitId: end.id },
      }),
    );
  }
}

/** A log that lost its tail shows it to whoever knows a position in it. */
export function lostTailSuite(
  make: () => Promise<LogBench>,
  loseTail: NonNullable<EventLogSuiteOptions['loseTail']>,
): void {
  benchTest('shows at a position: first nothing is there, later another commit', make, async (bench) => {
    const { log, service } = bench;
    const entity = ticket(bench, 'a');
    const kept = await appendMany(log, entity, 3);
    let lost = 0;
    await loseTail(bench, async () => {
      lost = await appended(log, commitOn(entity, kept, 'lost'));
    });
    const position = { seq: lost, commitId: commitOn(entity, kept, 'lost').id };
    expect(await log.lastSequence(service)).toBe(kept);
    expect(await log.read(service, position.seq, 1)).toEqual([]);
    expect(await log.last(entity)).toMatchObject({ seq: kept });
    // Who decided on what was lost is refused, and sequences are used again.
    expect(await log.append(commitOn(entity, lost, 'upon it'))).toEqual({ outcome: 'conflict' });
    expect(await appended(log, commitOn(ticket(bench, 'b'), 0, 'new'))).toBe(lost);
    const [found] = await log.read(service, position.seq, 1);
    expect(found?.seq).toBe(position.seq);
    expect(found?.id).not.toBe(position.commitId);
    // The lost decision, made again on the same state, is stored: its id is not remembered.
    expect(await log.append(commitOn(entity, kept, 'lost'))).toMatchObject({
      outcome: 'appended',
      duplicate: false,
    });
  });
}
