import { newCommit } from '@refrain/event-log';
import { expect, test } from 'vitest';
import { commitHeaders } from './headers.ts';
import { alarmSubject, dueSubject, scheduleStreamOf } from './names.ts';

// STORED FORMAT. These values stand at the broker. One that changes is a new format, not a repair.
const trace = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const because = { cause: 'event:e0', reaction: 'request the charge' };

test('a commit is published under the headers it always was', () => {
  const commit = newCommit({
    entity: { service: 'payments', entityType: 'charge', entityId: 'ord-7' },
    expected: 3,
    events: [
      { id: 'e1', type: 'ChargeCaptured', version: 2, ...because, correlation: 'a', trace, data: {} },
      { id: 'e2', type: 'RefundRequested', version: 1, ...because, correlation: 'b', data: {} },
    ],
  });
  expect(Buffer.from(commitHeaders(commit)).toString().split('\r\n')).toEqual([
    'NATS/1.0',
    `Nats-Msg-Id: ${commit.id}`,
    'Nats-Expected-Last-Subject-Sequence: 3',
    'Refrain-Types: ChargeCaptured.2,RefundRequested.1',
    'Refrain-Correlation: a,b',
    `traceparent: ${trace}`,
    '',
    '',
  ]);
});

test('an alarm is set and fires where it always did', () => {
  expect(scheduleStreamOf('fine-goods')).toBe('SCHEDULES_FINE_GOODS');
  expect(alarmSubject('fine-goods', 'op')).toBe('schedules.fine-goods.at.op');
  expect(dueSubject('fine-goods', 'op')).toBe('schedules.fine-goods.due.op');
});
