import type { Msg } from 'nats';
import { expect, test } from 'vitest';
import { load, read } from './read.ts';
import { Unanswered, type Wire } from './wire.ts';

/** A reply as the client holds it. */
const reply = (header: string): Msg => {
  const bytes = Buffer.from(`NATS/1.0${header}\r\n\r\n`);
  const fake = { _rdata: bytes, _msg: { hdr: bytes.length }, data: new Uint8Array(0) };
  return fake as unknown as Msg;
};
const message = (seq: number, before: number, pending = 9): Msg =>
  reply(
    `\r\nNats-Msg-Id: id${seq}\r\nNats-Subject: events.x.00.t.a\r\nNats-Sequence: ${seq}` +
      `\r\nNats-Time-Stamp: 2026-01-01T00:00:00.123456789Z\r\nNats-Num-Pending: ${pending}\r\nNats-Last-Sequence: ${before}`,
  );
const end = (before: number, pending = 0): Msg =>
  reply(` 204 EOB\r\nNats-Num-Pending: ${pending}\r\nNats-Last-Sequence: ${before}`);

/** A wire that gives these replies, request after request, and notes what was asked. */
function wireOf(...answers: Msg[][]): { wire: Wire; asked: { seq: number; batch: number }[] } {
  const asked: { seq: number; batch: number }[] = [];
  const requestMany = async (
    _subject: string,
    data: Uint8Array,
    _ms: number,
    take: (msg: Msg) => boolean,
  ): Promise<void> => {
    asked.push(JSON.parse(Buffer.from(data).toString()) as { seq: number; batch: number });
    for (const msg of answers.shift() ?? []) if (take(msg)) return;
    throw new Unanswered('timeout');
  };
  return { wire: { requestMany } as unknown as Wire, asked };
}
const page = async (...replies: Msg[]): Promise<number[]> => {
  const { wire } = wireOf(replies);
  return (await read(wire, { service: 'x', from: 4, limit: 10, timeoutMs: 1 })).map(({ seq }) => seq);
};
const entity = { service: 'x', entityType: 't', entityId: 'a' };

test('a page is what came, in order', async () => {
  expect(await page(message(4, 0), message(5, 4), message(6, 5), end(6))).toEqual([4, 5, 6]);
  expect(await page(reply(' 404 Message Not Found'))).toEqual([]);
});

test('a lost reply ends the page before it', async () => {
  expect(await page(message(4, 0), message(6, 5), message(7, 6), end(7))).toEqual([4]);
  expect(await page(message(5, 4), message(6, 5), end(6))).toEqual([]);
  expect(await page(message(4, 0), message(5, 4), end(6))).toEqual([4, 5]);
});

test('an answer without its end is no answer', async () => {
  await expect(page(message(4, 0), message(5, 4))).rejects.toThrow(Unanswered);
});

test('an entity is asked for again from where a reply was lost, at the end of an answer too', async () => {
  const { wire, asked } = wireOf(
    [message(1, 0, 3), message(3, 2, 1), end(3)],
    [message(2, 0, 2), end(3)],
    [message(3, 0, 1), end(3, 1)],
    [message(4, 0, 0), end(4, 0)],
  );
  expect(
    (await load(wire, { entity, after: 0, limit: undefined, timeoutMs: 1 })).map(({ seq }) => seq),
  ).toEqual([1, 2, 3, 4]);
  expect(asked.map(({ seq }) => seq)).toEqual([1, 2, 3, 4]);
});

test('where nothing can be kept of an answer the entity counts as not answered', async () => {
  const { wire } = wireOf([message(2, 1), end(2)]);
  await expect(load(wire, { entity, after: 0, limit: undefined, timeoutMs: 1 })).rejects.toThrow(Unanswered);
});

test('the time is that of storing, in milliseconds', async () => {
  const { wire } = wireOf([message(4, 0), end(4)]);
  const [commit] = await read(wire, { service: 'x', from: 4, limit: 1, timeoutMs: 1 });
  expect(commit?.at).toBe(Date.UTC(2026, 0, 1, 0, 0, 0, 123));
  expect(commit?.entity).toEqual(entity);
});
