import { cause } from '@refrain/contract-kit';
import { expect, test } from 'vitest';
import { decisionsOf } from './decisions.ts';
import { Replay, type ReplayOptions } from './replay.ts';
import { asked, because, type Build, tillService, Writer } from './till.fixture.ts';

function replayed(logs: { desk: Writer; till: Writer }, build: Build = {}, options: ReplayOptions = {}) {
  const replay = new Replay(decisionsOf(tillService(build)), options);
  for (const commit of logs.till.commits) replay.add(commit);
  for (const commit of logs.desk.commits) replay.hear(commit);
  replay.giveUp();
  return replay.report();
}

const sold = () => ({
  desk: new Writer('desk').add('slip', 'a', asked('a', 5)).add('slip', 'b', asked('b', 7)),
  till: new Writer('till')
    .add('sale', 'a', because(1, 'Sold', { id: 'a', price: 5 }))
    .add('sale', 'b', because(2, 'Sold', { id: 'b', price: 7 })),
});

test('a log that today’s code would write again has no differences', () => {
  expect(replayed(sold())).toMatchObject({ service: 'till', commits: 2, events: 2, same: 2, different: 0 });
});

test('a decision that changed is told with its event, its cause, and what would be decided', () => {
  const { differences, different, same } = replayed(sold(), {
    priceOf: (price) => (price > 5 ? price + 1 : price),
  });
  expect({ different, same }).toEqual({ different: 1, same: 1 });
  expect(differences).toEqual([
    {
      entity: 'sale/b',
      seq: 2,
      at: 2_000,
      cause: 'event:desk-2-0',
      reaction: 'sell',
      correlation: 'b',
      because: { service: 'desk', type: 'Asked', seq: 2 },
      recorded: [{ type: 'Sold', version: 1, data: { id: 'b', price: 7 } }],
      decided: [{ type: 'Sold', version: 1, data: { id: 'b', price: 8 } }],
    },
  ]);
});

test('each decision is made on the recorded state: one that differs changes none of the others', () => {
  const logs = sold();
  logs.desk.add('slip', 'a', asked('a', 9));
  const noted = { cause: 'event:desk-3-0', reaction: 'sell' };
  logs.till.add('sale', 'a', { type: 'refrain.Noted', data: noted, ...noted });
  expect(replayed(logs, { priceOf: () => 0 })).toMatchObject({ different: 2, same: 1 });
});

test('what today’s code cannot decide, or has no name for, differs; a command that threw says so', () => {
  const thrown = replayed(sold(), { throws: true });
  expect(thrown).toMatchObject({ different: 2 });
  expect(thrown.differences[0]?.problem).toBe('it cannot be decided: the drawer is stuck');
  const renamed = replayed(sold(), { reaction: 'sell it' });
  expect(renamed.differences[0]?.problem).toBe('today’s code has no reaction "sell"'.replace('’', "'"));
});

test('a dead letter that today’s code can decide is mended, and one that it cannot is the same', () => {
  const logs = { desk: new Writer('desk').add('slip', 'a', asked('a', 5)), till: new Writer('till') };
  const why = { cause: 'event:desk-1-0', reaction: 'sell' };
  logs.till.add('sale', 'a', { type: 'refrain.Defect', data: { ...why, error: 'stuck' }, ...why });
  expect(replayed(logs)).toMatchObject({ mended: 1, same: 0, different: 0 });
  expect(replayed(logs, { throws: true })).toMatchObject({ mended: 0, same: 1, different: 0 });
  // Driven again, it is decided because of the same event.
  logs.till.add('sale', 'a', because(1, 'Sold', { id: 'a', price: 5 }));
  expect(replayed(logs)).toMatchObject({ mended: 1, same: 1 });
});

test('an outcome and a deadline are decided again, a refusal is looked up, a fact is counted', () => {
  const logs = sold();
  const outcome = (verdict: string, reaction: string, type: string, data: object = { id: 'a' }) => ({
    type,
    data,
    cause: cause.outcome('op', 1, verdict),
    reaction,
  });
  const start = { operation: 'op', n: 1, runner: 'r' };
  const deadline = { cause: cause.deadline('sale', 'a', 'close'), reaction: 'close' };
  logs.till
    .add('sale', 'a', outcome('start', 'print', 'refrain.AttemptStarted', start))
    .add('sale', 'a', outcome('ok', 'recordPrinted', 'Printed'))
    .add('sale', 'b', outcome('empty', 'print', 'Unprinted', { id: 'b' }))
    .add('sale', 'a', { type: 'Closed', data: { id: 'a' }, ...deadline });
  expect(replayed(logs)).toMatchObject({ same: 5, different: 0, notDecided: { fact: 1 } });
  logs.till.add('sale', 'b', outcome('gave-up', 'print', 'Closed', { id: 'b' }));
  expect(replayed(logs).differences[0]?.problem).toBe("today's contract records Unprinted");
});

test('a cause that is in no log is counted, and so is one that lies further away than is kept', () => {
  const logs = sold();
  expect(replayed({ ...logs, desk: new Writer('desk') }).notDecided['cause not found']).toBe(2);
  const replay = new Replay(decisionsOf(tillService()), { eventsMax: 1 });
  for (const commit of logs.desk.commits) replay.hear(commit);
  for (const commit of logs.till.commits) replay.add(commit);
  replay.giveUp();
  expect(replay.report()).toMatchObject({ same: 1, notDecided: { 'cause not found': 1 } });
});

test('what today’s code cannot read is one difference, and its entity is left alone', () => {
  const logs = sold();
  logs.till
    .add('sale', 'b', because(9, 'Renamed', { id: 'b' }))
    .add('sale', 'b', because(9, 'Closed', { id: 'b' }));
  const { different, differences, same } = replayed(logs);
  expect({ different, same }).toEqual({ different: 1, same: 2 });
  expect(differences[0]).toMatchObject({ entity: 'sale/b', seq: 3 });
  expect(differences[0]?.problem).toContain('RF_EVENT_UNKNOWN');
});

test('only what is asked for is judged, and differences that are told are bounded', () => {
  const build = { priceOf: () => 1 };
  expect(replayed(sold(), build, { isJudged: ({ seq }) => seq > 1 })).toMatchObject({
    different: 1,
    same: 0,
  });
  const bounded = replayed(sold(), build, { differencesMax: 1 });
  expect([bounded.different, bounded.differences.length]).toEqual([2, 1]);
});
