import { COMMIT_BYTES_MAX, newCommit } from '@refrain/event-log';
import { expect } from 'vitest';
import type { LogBench } from './event-log-suite-bench.ts';
import { appended, appendMany, benchTest, commitOn, eventOf, ticket } from './event-log-suite-kit.ts';

/** An append is stored once, under the expected sequence only, and says so. */
export function appendSuite(make: () => Promise<LogBench>, duplicateWindowMs: number): void {
  const fact = (name: string, run: (bench: LogBench) => Promise<void>): void => benchTest(name, make, run);

  fact('a commit takes the next sequence, and says when it was stored', async (bench) => {
    const { log, clock } = bench;
    const before = clock.now();
    const first = await log.append(commitOn(ticket(bench, 'a'), 0, 'first'));
    expect(first).toMatchObject({ outcome: 'appended', seq: 1, duplicate: false });
    const second = await log.append(commitOn(ticket(bench, 'b'), 0, 'second'));
    expect(second).toMatchObject({ outcome: 'appended', seq: 2, duplicate: false });
    expect((first as { at: number }).at).toBeGreaterThanOrEqual(before - 1_000);
    expect((first as { at: number }).at).toBeLessThanOrEqual(clock.now() + 1_000);
  });

  fact('another commit on the same state is a conflict and is not stored', async (bench) => {
    const { log } = bench;
    const entity = ticket(bench, 'a');
    const seq = await appendMany(log, entity, 2);
    for (const expected of [0, 1, seq + 1, seq + 100])
      expect(await log.append(commitOn(entity, expected, `other-${expected}`))).toEqual({
        outcome: 'conflict',
      });
    expect(await log.load(entity, 0)).toHaveLength(2);
    await appended(log, commitOn(entity, seq, 'right'));
  });

  fact('a commit for a new entity is a conflict when the entity exists', async (bench) => {
    const entity = ticket(bench, 'a');
    await appended(bench.log, commitOn(entity, 0, 'mine'));
    expect(await bench.log.append(commitOn(entity, 0, 'other'))).toEqual({ outcome: 'conflict' });
  });

  fact('entities do not disturb each other', async (bench) => {
    const results = await Promise.all(
      Array.from({ length: 50 }, (_, i) => bench.log.append(commitOn(ticket(bench, `e${i}`), 0, `e${i}`))),
    );
    expect(results.every(({ outcome }) => outcome === 'appended')).toBe(true);
  });

  for (const { when, waitMs } of [
    { when: 'inside the duplicate window', waitMs: 0 },
    { when: 'when the duplicate window is over', waitMs: duplicateWindowMs * 2 },
  ]) {
    fact(`the same commit again is stored once and called a duplicate, ${when}`, async (bench) => {
      const { log, clock } = bench;
      const entity = ticket(bench, 'a');
      const before = await appendMany(log, entity, 1);
      const commit = commitOn(entity, before, 'again');
      const seq = await appended(log, commit);
      await clock.sleep(waitMs);
      expect(await log.append(commit)).toMatchObject({ outcome: 'appended', seq, duplicate: true });
      const { log: other } = await bench.newInstance();
      expect(await other.append(commit)).toMatchObject({ outcome: 'appended', seq, duplicate: true });
      expect(await log.lastSequence(bench.service)).toBe(seq);
    });

    fact(
      `who made the very commit that another stored and went on from must not go on, ${when}`,
      async (bench) => {
        const { log, clock } = bench;
        const { log: stale } = await bench.newInstance();
        const entity = ticket(bench, 'a');
        const commit = commitOn(entity, 0, 'same decision');
        const seq = await appended(log, commit);
        const last = await appended(log, commitOn(entity, seq, 'and on'));
        await clock.sleep(waitMs);
        expect(await stale.append(commit)).toEqual({ outcome: 'conflict' });
        expect(await log.lastSequence(bench.service)).toBe(last);
      },
    );
  }

  fact('of two writers on 500 entities exactly one wins each', async (bench) => {
    const { log: other } = await bench.newInstance();
    const outcomes = await Promise.all(
      Array.from({ length: 500 }, async (_, i) => {
        const entity = ticket(bench, `e${i}`);
        return await Promise.all([
          bench.log.append(commitOn(entity, 0, `${i}-ours`)),
          other.append(commitOn(entity, 0, `${i}-theirs`)),
        ]);
      }),
    );
    for (const pair of outcomes)
      expect(pair.map(({ outcome }) => outcome).toSorted()).toEqual(['appended', 'conflict']);
    expect(await bench.log.lastSequence(bench.service)).toBe(500);
  });

  fact('of two writers with the same decision both have it stored, once', async (bench) => {
    const { log: other } = await bench.newInstance();
    const commits = Array.from({ length: 100 }, (_, i) => commitOn(ticket(bench, `e${i}`), 0, `${i}`));
    const results = await Promise.all(commits.flatMap((c) => [bench.log.append(c), other.append(c)]));
    expect(results.every(({ outcome }) => outcome === 'appended')).toBe(true);
    expect(results.filter((r) => r.outcome === 'appended' && r.duplicate)).toHaveLength(100);
    expect(await bench.log.lastSequence(bench.service)).toBe(100);
  });

  fact('a commit at the size bound is stored whole; over it nothing is', async (bench) => {
    const entity = ticket(bench, 'a');
    const of = (length: number) =>
      newCommit({ entity, expected: 0, events: [eventOf('big', { text: 'x'.repeat(length) })] });
    const room = COMMIT_BYTES_MAX - Buffer.byteLength(of(0).body);
    expect(() => of(room + 1)).toThrow(/RF_COMMIT_TOO_LARGE/);
    await appended(bench.log, of(room));
    const [stored] = await bench.log.load(entity, 0);
    expect(stored?.bytes).toBe(COMMIT_BYTES_MAX);
    expect(stored?.body().events[0]?.data).toEqual({ text: 'x'.repeat(room) });
  });
}

/** An append whose acknowledgement is lost is neither repeated nor taken for a conflict. */
export function lostAcknowledgementSuite(make: () => Promise<LogBench>): void {
  const fact = (name: string, run: (bench: LogBench) => Promise<void>): void => benchTest(name, make, run);

  fact('is asked for again, and the commit is stored once', async (bench) => {
    const { log } = await bench.newInstanceLosingAck();
    const entity = ticket(bench, 'a');
    const result = await log.append(commitOn(entity, 0, 'first'));
    expect(result).toMatchObject({ outcome: 'appended', seq: 1, duplicate: true });
    expect(await bench.log.lastSequence(bench.service)).toBe(1);
    expect(await appended(log, commitOn(entity, 1, 'second'))).toBe(2);
  });

  fact('is a conflict when another went on from the commit meanwhile', async (bench) => {
    const { log } = await bench.newInstanceLosingAck();
    const entity = ticket(bench, 'a');
    const going = log.append(commitOn(entity, 0, 'first'));
    let other = await bench.log.append(commitOn(entity, 1, 'and on'));
    while (other.outcome === 'conflict') {
      await bench.clock.sleep(1);
      other = await bench.log.append(commitOn(entity, 1, 'and on'));
    }
    expect(await going).toEqual({ outcome: 'conflict' });
    expect(await bench.log.lastSequence(bench.service)).toBe(2);
  });
}
