import { type RecordedEvent } from '@refrain/event-log';
import { registryOf } from '@refrain/runtime';
import { expect, test } from 'vitest';
import { shopDefinitions } from '../supervisor/shop-topology.ts';
import type { PlacedEvent } from './find.ts';
import { linesOf, storyOf } from './story.ts';

const T = Date.parse('2030-01-01T00:00:00.000Z');
const registryFor = (service: string) =>
  shopDefinitions()
    .map(registryOf)
    .find(({ contract }) => contract.service === service);
const registry = registryFor('payments');
const entity = { service: 'payments', entityType: 'charge', entityId: 'one' };
const amount = { minor: 150, currency: 'EUR' };

let n = 0;
const placed = (
  type: string,
  cause: string,
  data: object,
  more: Partial<RecordedEvent> = {},
): PlacedEvent => ({
  seq: ++n,
  at: T + 1_000 * n,
  event: { id: `e${n}`, type, version: 1, cause, reaction: 'r', correlation: 'one', data, ...more },
});
const said = { by: 'ada', host: 'desk-1', why: 'the bank says so' };
const rule = { attempts: 20, firstDelayMs: 500, maxDelayMs: 15_000 };
const failure = {
  operation: 'op',
  round: 1,
  step: 'refund',
  class: 'throttled',
  happened: 'no',
  replayed: false,
  rule,
  progress: {},
};

function events(): PlacedEvent[] {
  n = 0;
  const refund = { orderId: 'one', amount, providerRef: 'pi_1', reason: 'deadline' };
  return [
    placed(
      'ChargeRequested',
      'event:x',
      { orderId: 'one', amount, paymentMethod: 'pm' },
      { operation: 'other' },
    ),
    placed('RefundRequested', 'event:cancelling', refund, {
      operation: 'op',
      trace: `00-${'a'.repeat(32)}-b-01`,
    }),
    placed('refrain.AttemptFailed', 'outcome:op:1:provider_busy', {
      ...failure,
      n: 1,
      failure: 'provider_busy',
      delayMs: 2_000,
      delayBy: 'retry-after',
      dueAt: '2030-01-01T00:00:05.000Z',
      word: 'throttled',
      epoch: 3,
      reason: '429',
    }),
    placed('refrain.Held', 'outcome:op:2:held', {
      operation: 'op',
      n: 2,
      hold: 'suppressed',
      word: 'suppressed',
      epoch: 4,
      reason: 'half of the calls fail',
      until: '2030-01-01T00:00:09.000Z',
    }),
    placed('refrain.RetryRequested', 'request:r', { operation: 'op', ...said }),
    placed('refrain.Defect', 'event:cancelling', {
      cause: 'event:cancelling',
      reaction: 'refund',
      operation: 'op',
      error: 'a bug',
    }),
  ];
}

const tell = (given: readonly PlacedEvent[]): string[] => {
  if (!registry) throw new Error('the shop has no payments');
  return linesOf(storyOf({ registry, entity, events: given }, 'op', T + 60_000));
};

test('tells an operation in sentences, from what is on record and nothing else', () => {
  expect(tell(events())).toEqual([
    'operation op: refund of payments charge/one, order one, at psp',
    `defect, 1 attempt on record, trace ${'a'.repeat(32)}`,
    '2030-01-01T00:00:02.000Z  It began: RefundRequested, because of event cancelling.',
    '2030-01-01T00:00:03.000Z  Attempt 1 (round 1, step refund) failed: provider_busy, throttled; it surely did not happen. It said: 429',
    '                          The next step was due after 2 s, at 2030-01-01T00:00:05.000Z, since the provider asked for it (Retry-After) (20 attempts, 0.5 s to 15 s); the governor said throttled in term 3.',
    '2030-01-01T00:00:04.000Z  Attempt 2 was due and held (suppressed), nothing was called: the governor said suppressed in term 4, since half of the calls fail. It expected to wait until 2030-01-01T00:00:09.000Z.',
    '2030-01-01T00:00:05.000Z  A person wanted the next attempt at once: ada (on desk-1), because: the bank says so',
    '2030-01-01T00:00:06.000Z  A defect of ours stopped it: a bug',
    'It waits for a person: npx refrain dead-letters redrive op --why "…", or npx refrain verdict op happened|not-happened --why "…".',
  ]);
});

test('says whose word an outcome is', () => {
  const verdict = placed('refrain.Verdict', 'outcome:op:1:happened', {
    operation: 'op',
    happened: true,
    ...said,
  });
  const issued = placed('RefundIssued', 'outcome:op:1:happened', { orderId: 'one', providerRef: 'pi_1' });
  const byPerson = tell([...events(), verdict, { ...issued, seq: verdict.seq }]);
  expect(byPerson.slice(-3)).toEqual([
    expect.stringContaining('A person said that it happened: ada (on desk-1)'),
    expect.stringContaining('It happened, says a person: RefundIssued.'),
    'Its outcome is on record; nothing follows.',
  ]);
  expect(tell([...events(), issued]).at(-2)).toContain('It happened, says the provider: RefundIssued.');
});

test('a mail of which nobody knows is not said to be due again, one that surely went nowhere is', () => {
  const notifications = registryFor('notifications');
  if (!notifications) throw new Error('the shop has no notifications');
  const mail = { service: 'notifications', entityType: 'mail', entityId: 'one' };
  const due = '2030-01-01T00:00:02.500Z';
  const told = (happened: 'no' | 'unknown', name: string): string[] => {
    n = 0;
    const asked = { orderId: 'one', customer: { email: 'ada@example.org' }, about: 'completed' };
    const given = [
      placed('MailRequested', 'event:done', asked, { operation: 'op' }),
      placed('refrain.AttemptFailed', `outcome:op:1:${name}`, {
        ...failure,
        step: 'send',
        class: 'transient',
        happened,
        n: 1,
        failure: name,
        delayMs: 500,
        delayBy: 'rule',
        dueAt: '2030-01-01T00:00:03.000Z', // by a clock that is ahead of the log's
        word: 'open',
        epoch: 1,
        reason: 'it broke off',
      }),
    ];
    return linesOf(storyOf({ registry: notifications, entity: mail, events: given }, 'op', T));
  };
  expect(told('unknown', 'mail_unknown').slice(-2)).toEqual([
    expect.stringMatching(
      /^ +It is not attempted again by itself: nothing outside would keep it from happening twice\.$/,
    ),
    'It is given up; that is due now.',
  ]);
  expect(told('no', 'mail_unsent').slice(-2)).toEqual([
    expect.stringContaining(`The next step was due after 0.5 s, at ${due}`),
    `The next step is due at ${due}.`,
  ]);
});
