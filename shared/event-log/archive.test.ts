import { expect, test } from 'vitest';
import { linesOf, type StoredMessage } from './archive.ts';
import { type ArchiveItem, ArchiveReader, beginLine, endLine, keptLine } from './archive-reader.ts';
import { headersOf, newCommit, type RecordedEvent } from './commit.ts';

const entity = { service: 'payments', entityType: 'charge', entityId: 'ord-7' };
const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const captured: RecordedEvent = {
  id: 'e1',
  type: 'ChargeCaptured',
  version: 2,
  cause: 'event:e0',
  reaction: 'request the charge',
  correlation: 'ord-7',
  trace,
  data: { orderId: 'ord-7', amount: { minor: 1250, currency: 'EUR' } },
};
const requested: RecordedEvent = {
  ...captured,
  id: 'e2',
  type: 'RefundRequested',
  version: 1,
  operation: 'op',
  data: { orderId: 'ord-7' },
};

function stored(seq: number, more: Partial<StoredMessage> = {}, events = [captured]): StoredMessage {
  const cursor = seq === 2 ? { seq: 9, commitId: 'c:1' } : undefined;
  const commit = newCommit({ entity, expected: seq - 1, events, cursor });
  const header = Object.entries(headersOf(commit)).map(([name, value]) => `${name}: ${value}\r\n`);
  const at = Date.UTC(2030, 0, 31, 12, 0, seq, 250);
  const place = { service: 'payments', subject: commit.subject, seq, at };
  return { ...place, header: header.join(''), body: Buffer.from(commit.body), ...more };
}

const begin = (last: number): string =>
  beginLine({ platformId: 'p', positions: { payments: last }, without: [] });
const end = (events: number): string => endLine({ events, sha256: 'x' });
function read(lines: readonly string[]): ArchiveItem[] {
  const reader = new ArchiveReader();
  return lines.flatMap((line) => reader.take(line) ?? []);
}
const messagesIn = (lines: readonly string[]): StoredMessage[] =>
  read(lines).flatMap((item) => (item.kind === 'message' ? [item.message] : []));

// STORED FORMAT: files that were exported are imported by every later build.
test('an event is exported as the line that it always was', () => {
  expect(linesOf(stored(2, {}, [captured, requested]))[1]).toBe(
    '{"specversion":"1.0","id":"e2","source":"/refrain/payments","type":"RefundRequested",' +
      '"subject":"events.payments.39.charge.ord-7","time":"2030-01-31T12:00:02.250Z",' +
      '"datacontenttype":"application/json","dataversion":1,"cause":"event:e0",' +
      '"reaction":"request the charge","correlation":"ord-7","operation":"op",' +
      `"traceparent":"${trace}","position":"2","commitid":"${idOf(2)}","expected":"1","part":"2/2",` +
      '"data":{"orderId":"ord-7"}}',
  );
});
const idOf = (seq: number): string =>
  /Nats-Msg-Id: (\w+)/.exec(stored(seq, {}, [captured, requested]).header)?.[1] ?? '';

test('a message comes back byte for byte: one event, several, a cursor', () => {
  const messages = [stored(1), stored(2, {}, [captured, requested])];
  const lines = messages.flatMap(linesOf);
  expect(lines.join('')).not.toContain('raw');
  expect(messagesIn([begin(2), ...lines, end(3)])).toEqual(messages);
});

const strange: [string, Partial<StoredMessage>][] = [
  ['a body that is none', { body: Buffer.from([0, 255, 10, 13]) }],
  ['no header at all', { header: '' }],
  ['another subject', { subject: 'events.payments.what' }],
  ['a body with blanks', { body: Buffer.from(Buffer.from(stored(1).body).toString().replace(',', ', ')) }],
  ['one more header', { header: `${stored(1).header}Other: value\r\n` }],
];
test.each(strange)('what others wrote comes back as it was: %s', (_, more) => {
  const message = stored(1, more);
  expect(messagesIn([begin(1), ...linesOf(message), end(1)])).toEqual([message]);
});

const [one, two] = [stored(1), stored(2, {}, [captured, requested])].map(linesOf) as [string[], string[]];
const whole = [begin(2), ...one, ...two, end(3)];
const changed = (line: string | undefined, from: string, to: string): string =>
  String(line).replace(from, to);
test.each<[string, readonly string[], string]>([
  [
    'another format',
    [changed(begin(2), '"format":1', '"format":2'), ...one],
    'the format 2, this build reads 1',
  ],
  ['no beginning', [...one, ...two], 'does not begin as an archive'],
  ['a position left out', [begin(2), ...two], 'the position 2 of payments, expected 1'],
  ['a position twice', [begin(2), ...one, ...one], 'the position 1 of payments, expected 2'],
  ['more than was said', [begin(1), ...one, ...two], 'expected 2 of 1'],
  ['a commit cut in two', [begin(2), ...one, two[0] as string, end(2)], 'it ends within a commit'],
  ['parts in another order', [begin(2), ...one, two[1] as string], 'part 2/2 of a commit'],
  ['fewer than was said', [begin(2), ...one, end(1)], 'ends at 1, its first line says 2'],
  ['data that was altered', [begin(2), changed(one[0], '1250', '9250')], 'it calls itself'],
  ['a subject of another', [begin(2), changed(one[0], '.charge.ord-7', '.charge.ord-8')], 'no subject of'],
  ['another service', [begin(2), changed(one[0], '/refrain/payments', '/refrain/orders')], '"orders"'],
  ['no JSON', [begin(2), '{'], 'JSON'],
  ['something behind the end', [...whole, ...one], 'follows what should be the last line'],
])('an archive with %s is refused', (_, lines, problem) => {
  expect(() => read(lines)).toThrow(problem);
});

test('what is kept beside the logs stands before them', () => {
  const kept = { key: 'recovery', value: '{"id":"boot"}' };
  expect(read([begin(1), keptLine(kept), ...one, end(1)])[1]).toEqual({ kind: 'kept', kept });
});
