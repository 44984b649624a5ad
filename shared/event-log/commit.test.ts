import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromCloudEvent, toCloudEvent } from './cloud-events.ts';
import {
  COMMIT_BYTES_MAX,
  correlationHeader,
  decodeBody,
  newCommit,
  type RecordedEvent,
  typesHeader,
} from './commit.ts';
import { entityOfSubject, subjectOf } from './entity.ts';

const entity = { service: 'payments', entityType: 'charge', entityId: 'ord-7' };
const event = (more: Partial<RecordedEvent> = {}): RecordedEvent => ({
  id: 'e1',
  type: 'ChargeCaptured',
  version: 2,
  cause: 'event:e0',
  reaction: 'request the charge',
  correlation: 'ord-7',
  data: { orderId: 'ord-7', amount: { minor: 1250, currency: 'EUR' } },
  ...more,
});

describe('a commit', () => {
  it('has the same id for the same decision on the same state, whatever its trace', () => {
    const one = newCommit({ entity, expected: 3, events: [event({ trace: 'a' })] });
    const again = newCommit({
      entity,
      expected: 3,
      events: [event({ trace: 'b', data: { amount: { currency: 'EUR', minor: 1250 }, orderId: 'ord-7' } })],
    });
    expect(again.id).toBe(one.id);
  });

  it('has another id for another state, decision or cursor', () => {
    const { id } = newCommit({ entity, expected: 3, events: [event()] });
    const cursor = { seq: 4, commitId: 'c' };
    const others = [
      newCommit({ entity, expected: 4, events: [event()] }),
      newCommit({ entity, expected: 3, events: [event({ version: 1 })] }),
      newCommit({ entity, expected: 3, events: [event({ data: {} })] }),
      newCommit({ entity, expected: 3, events: [event()], cursor }),
      newCommit({ entity: { ...entity, entityId: 'ord-8' }, expected: 3, events: [event()] }),
    ];
    for (const other of others) expect(other.id).not.toBe(id);
  });

  it('is read back as it was written', () => {
    const commit = newCommit({
      entity,
      expected: 0,
      events: [event({ operation: 'op', trace: 't' })],
      cursor: { seq: 9, commitId: 'c' },
    });
    expect(decodeBody(commit.body, { service: 'payments', seq: 1 })).toEqual({
      events: commit.events,
      cursor: commit.cursor,
    });
  });

  it('is refused over the bound, and for an id that is no token', () => {
    const large = event({ data: { text: 'x'.repeat(COMMIT_BYTES_MAX) } });
    expect(() => newCommit({ entity, expected: 0, events: [large] })).toThrow(
      /RF_COMMIT_TOO_LARGE: A commit of \d+ bytes for charge\/ord-7/,
    );
    for (const entityId of ['', 'a.b', 'a b', '>', 'é', 'x'.repeat(65)])
      expect(() => newCommit({ entity: { ...entity, entityId }, expected: 0, events: [event()] })).toThrow(
        /RF_ENTITY_ID/,
      );
  });

  it('says where an unreadable body lies and what is wrong with it', () => {
    for (const body of [
      '',
      '{',
      '[]',

      '{"v":1,"events":[]}',
      '{"v":1,"events":[{"id":1}]}',
    ])
      expect(() => decodeBody(body, { service: 'orders', seq: 7 })).toThrow(
        /RF_COMMIT_INVALID: The message at EVENTS_ORDERS:7 is no commit/,
      );
  });

  it('of a later format waits for a newer build', () => {
    const later = '{"v":2,"moments":[]}';
    expect(() => decodeBody(later, { service: 'orders', seq: 7 })).toThrow(/RF_EVENT_NEWER/);
  });

  it('says in its headers what a reader needs before it decodes', () => {
    expect(typesHeader([event(), event({ type: 'RefundRequested', version: 1 })])).toBe(
      'ChargeCaptured.2,RefundRequested.1',
    );
    expect(correlationHeader([event(), event()])).toBe('ord-7');
    expect(correlationHeader([event(), event({ correlation: 'ord-8' })])).toBe('ord-7,ord-8');
  });
});

describe('an event as CloudEvent', () => {
  it('comes back without loss', () => {
    const optional = fc.option(fc.string(), { nil: undefined });
    fc.assert(
      fc.property(fc.jsonValue(), optional, optional, (data, operation, trace) => {
        const stored = event({
          data,
          ...(operation !== undefined && { operation }),
          ...(trace !== undefined && { trace }),
        });
        const text = JSON.stringify(toCloudEvent(entity, stored, 1_700_000_000_123));
        expect(fromCloudEvent(JSON.parse(text))).toEqual({
          entity,
          event: JSON.parse(JSON.stringify(stored)),
          at: 1_700_000_000_123,
        });
      }),
    );
  });
});

describe('a subject', () => {
  it('names its entity, and nothing else does', () => {
    expect(entityOfSubject(subjectOf(entity))).toEqual(entity);
    for (const other of [
      'schedules.payments.at.x',
      'events.payments.00.charge',
      'events.payments.00.charge.x.y',
    ])
      expect(entityOfSubject(other)).toBeUndefined();
  });
});
