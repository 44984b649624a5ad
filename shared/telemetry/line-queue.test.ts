import { expect, test } from 'vitest';
import { LineQueue } from './line-queue.ts';
import { isAmong, loggerOver } from './logger.ts';

/** A reader that takes so many bytes, and then none until it is told to. */
function reader() {
  let room = 0;
  const taken: Uint8Array[] = [];
  const take = (bytes: Uint8Array): number => {
    const some = bytes.slice(0, room);
    taken.push(some);
    room -= some.length;
    return some.length;
  };
  return { take, give: (bytes: number) => void (room += bytes), said: () => Buffer.concat(taken).toString() };
}

const never = (): void => {
  throw new Error('it waited');
};

test('lines come out whole and in order, whatever a reader takes at once', () => {
  const { take, give, said } = reader();
  const queue = new LineQueue({ take, waitBlocking: never });
  for (let i = 0; i < 2_000; i++) {
    queue.add(`line ${i} äö\n`, i % 2 === 0);
    if (i % 7 === 0) give(11);
  }
  give(Infinity);
  expect(queue.push()).toBe(true);
  expect(said()).toBe(Array.from({ length: 2_000 }, (_, i) => `line ${i} äö\n`).join(''));
});

test('a reader that stands still costs routine lines from their bound on, and no other', () => {
  const { take, give, said } = reader();
  const queue = new LineQueue({ take, waitBlocking: never, routineBytesMax: 1_000 });
  for (let i = 0; i < 500; i++) {
    queue.add('routine__\n', true);
    queue.add('kept_____\n', false);
  }
  expect(queue.dropped).toBe(450);
  expect(queue.waitingBytes).toBe(10 * (500 + 50));
  give(Infinity);
  queue.push();
  expect(said().match(/kept/g)).toHaveLength(500);
});

test('where lines that are kept have filled their bound, it waits for its reader and loses none', () => {
  const { take, give, said } = reader();
  let waits = 0;
  const waitBlocking = (): void => {
    waits++;
    give(100);
  };
  const queue = new LineQueue({ take, waitBlocking, keptBytesMax: 5_000 });
  for (let i = 0; i < 1_000; i++) queue.add('kept_____\n', false);
  expect(queue.waitingBytes).toBeLessThanOrEqual(5_000);
  expect(waits).toBeGreaterThan(0);
  give(Infinity);
  queue.push();
  expect([said().length, queue.dropped]).toEqual([10_000, 0]);
});

test('of 100,000 records at 1 % all are there that are not routine, and a flow is there whole or not', () => {
  const { take, give, said } = reader();
  give(Infinity);
  const queue = new LineQueue({ take, waitBlocking: never });
  const options = { name: 'n', level: 'debug', personal: [], sample: 0.01 };
  const { logger, counts } = loggerOver(queue, options);
  const kept = ['refrain.AttemptFailed', 'ChargeAbandoned', 'RefundRequested', 'refrain.Defect'];
  for (let i = 0; i < 100_000; i++) {
    const fields = { correlation: `flow-${i >> 2}`, i };
    if (i % 25 === 0) logger.info(fields, kept[(i / 25) % 4] as string);
    else logger.routine('info', fields, 'OrderPlaced');
  }
  queue.push();
  const lines = said()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { correlation: string; msg: string });
  const routine = lines.filter(({ msg }) => msg === 'OrderPlaced');
  expect(lines.length - routine.length).toBe(4_000);
  expect(Math.abs(routine.length / 96_000 - 0.01)).toBeLessThan(0.003);
  expect(routine.every(({ correlation }) => isAmong(0.01, correlation))).toBe(true);
  expect(counts()).toEqual({ written: lines.length, thinned: 100_000 - lines.length, dropped: 0 });
});

test('the share of flows is what it says, from none to all', () => {
  const among = (share: number): number =>
    Array.from({ length: 10_000 }, (_, i) => isAmong(share, `2nzykzm5fghota6vxm6${i}`)).filter(Boolean)
      .length;
  expect([among(0), among(1)]).toEqual([0, 10_000]);
  expect(Math.abs(among(0.1) - 1_000)).toBeLessThan(150);
});
