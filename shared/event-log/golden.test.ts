import { expect, test } from 'vitest';
import { correlationHeader, newCommit, type RecordedEvent, typesHeader } from './commit.ts';
import { streamOf, subjectOf, subjectsOf } from './entity.ts';

// STORED FORMAT. These values stand in logs. One that changes is a new format, not a repair.
const entity = { service: 'fine-goods', entityType: 'charge', entityId: 'ord-7' };
const captured: RecordedEvent = {
  id: 'e1',
  type: 'ChargeCaptured',
  version: 2,
  cause: 'event:e0',
  reaction: 'request the charge',
  correlation: 'ord-7',
  trace: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  data: { orderId: 'ord-7', amount: { minor: 1250, currency: 'EUR' }, kept: true },
};
const requested: RecordedEvent = {
  id: 'e2',
  type: 'RefundRequested',
  version: 1,
  cause: 'event:e0',
  reaction: 'request the charge',
  correlation: 'ord-7',
  operation: 'op',
  data: { orderId: 'ord-7' },
};
const events = [captured, requested];

const storedCaptured =
  '{"id":"e1","type":"ChargeCaptured","version":2,"cause":"event:e0","reaction":"request the charge","correlation":"ord-7","trace":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01","data":{"amount":{"currency":"EUR","minor":1250},"kept":true,"orderId":"ord-7"}}';
const storedRequested =
  '{"id":"e2","type":"RefundRequested","version":1,"cause":"event:e0","reaction":"request the charge","correlation":"ord-7","operation":"op","data":{"orderId":"ord-7"}}';

test('a stream and a subject are named as they always were', () => {
  expect(streamOf('fine-goods')).toBe('EVENTS_FINE_GOODS');
  expect(subjectOf(entity)).toBe('events.fine-goods.39.charge.ord-7');
  expect(subjectsOf('fine-goods')).toBe('events.fine-goods.>');
  expect(subjectsOf('fine-goods', 'charge')).toBe('events.fine-goods.*.charge.*');
});

test('the body of a commit is written as it always was, and its id is the same', () => {
  const { id, body } = newCommit({ entity, expected: 3, events });
  expect(id).toBe('uwvioaiqgpx3l2qm3csibkywvi');
  expect(body).toBe(`{"v":1,"events":[${storedCaptured},${storedRequested}]}`);
});

test('a commit with a cursor has it in its body and in its id', () => {
  const { id, body } = newCommit({
    entity,
    expected: 0,
    events: [requested],
    cursor: { seq: 9, commitId: 'c' },
  });
  expect(id).toBe('63ilpdiemenbq7omv5is4yrr64');
  expect(body).toBe(`{"v":1,"events":[${storedRequested}],"cursor":{"seq":9,"commitId":"c"}}`);
});

test('headers say types and flows as they always did', () => {
  expect(typesHeader(events)).toBe('ChargeCaptured.2,RefundRequested.1');
  expect(correlationHeader(events)).toBe('ord-7');
  expect(correlationHeader([captured, { ...requested, correlation: 'ord-8' }])).toBe('ord-7,ord-8');
});
