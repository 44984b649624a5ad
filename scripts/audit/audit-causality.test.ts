import { describe, expect, test } from 'vitest';
import { auditOf, brokenIn } from './audit.fixture.ts';
import type { Story } from './story.fixture.ts';

const charge = { service: 'payments', entity: 'charge/one', flow: 'one' };
const noted = [{ type: 'refrain.Noted' }];

describe('what follows from what', () => {
  test('a deadline is of the entity that answers it, and of one that has begun', () => {
    const expired =
      (entity: string, named = entity) =>
      (s: Story) => {
        s.tell({ ...charge, entity, flow: 'one', cause: `deadline:${named}:expire`, events: noted });
      };
    expect(brokenIn(auditOf(expired('charge/one')))).toEqual([]);
    expect(brokenIn(auditOf(expired('charge/one', 'charge/two')))).toEqual(['a cause stands in the log']);
    expect(brokenIn(auditOf(expired('charge/nobody')))).toEqual(['a cause stands in the log']);
  });

  test('a start mark without an intent is found, though nothing was sent', () => {
    const marked = (s: Story): void => {
      const data = { operation: 'send-nobody', n: 1, runner: 'r' };
      const events = [{ type: 'refrain.AttemptStarted', data }];
      s.tell({ ...charge, cause: 'start:send-nobody:1:r', events });
    };
    expect(brokenIn(auditOf(marked))).toEqual(['an outcome belongs to an operation']);
  });

  test('a call that was made before its intent was stored is found, beyond what clocks may be apart', () => {
    const early = (ms: number) => (s: Story) => {
      const first = s.calls[0] as Story['calls'][0];
      s.calls[0] = { ...first, at: new Date(Date.parse(first.at) - ms).toISOString() };
    };
    expect(brokenIn(auditOf(early(900)))).toEqual([]);
    expect(brokenIn(auditOf(early(1_200)))).toEqual(['no call without its intent']);
  });

  test('a mail that was handed over before its mark was stored is found', () => {
    const early = (s: Story): void => {
      s.wait(5_000);
      const operation = 'send-one';
      const mail = { service: 'notifications', entity: 'mail/one', flow: 'one' };
      const [sent] = s.mailCalls;
      if (sent) s.mailCalls.push({ ...sent, at: s.now() });
      s.wait(5_000);
      const mark = { type: 'refrain.AttemptStarted', data: { operation, n: 2, runner: 'r' } };
      s.tell({ ...mail, cause: `start:${operation}:2:r`, events: [mark] });
    };
    expect(brokenIn(auditOf(early))).toEqual(['a mail is sent only under its start mark']);
  });

  test('a delay of an outage is the longest one, one that the provider asked for is longer than the rule’s', () => {
    const waits = (more: object) =>
      brokenIn(auditOf((s) => s.failure('one', 2, { step: 'create', ...more })));
    expect(waits({ delayBy: 'outage' })).toEqual([]);
    expect(waits({ delayBy: 'retry-after', delayMs: 5_000 })).toEqual([]);
    expect(waits({ delayBy: 'retry-after', delayMs: 0 })).toEqual(['a delay follows from its rule']);
    expect(waits({ delayBy: 'outage', delayMs: 5_000 })).toEqual(['a delay follows from its rule']);
  });

  test.each(['class', 'delayMs', 'dueAt', 'word', 'epoch', 'reason'])(
    'a failure without its %s is not explained',
    (missing) => {
      const audit = auditOf((s) => s.failure('one', 2, { step: 'create', [missing]: undefined }));
      expect(brokenIn(audit)).toContain('every failed attempt is explained');
    },
  );
});
