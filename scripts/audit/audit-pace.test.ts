import { expect, test } from 'vitest';
import { auditOf, brokenIn } from './audit.fixture.ts';
import type { Audit } from './mod.ts';
import type { Story } from './story.fixture.ts';

const DEADLINE = { after: 'OrderPlaced', name: 'settle', afterMs: 60_000 };

/** What is wrong when the audit looks `afterMs` later. */
function paced(spoil: (s: Story) => void, afterMs: number, lateMsMax = 10_000): Audit {
  let story: Story | undefined;
  auditOf((s) => {
    spoil(s);
    story = s;
  });
  const now = Date.parse(story?.now() ?? '') + afterMs;
  return auditOf(spoil, { pace: { now, lateMsMax, deadlines: [DEADLINE] } });
}
const answered = (s: Story): void => {
  s.wait(61_000);
  for (const flow of ['one', 'two'])
    s.tell({
      service: 'orders',
      entity: `order/${flow}`,
      flow,
      cause: `deadline:order/${flow}:settle`,
      events: [{ type: 'refrain.Noted' }],
    });
};

test('a deadline that is over and answered is fine, also one that is not over yet', () => {
  expect(brokenIn(paced(answered, 600_000))).toEqual([]);
  expect(brokenIn(paced(() => {}, 30_000))).toEqual([]);
});

test('a deadline that nobody answers is found, and one that is answered too late', () => {
  expect(brokenIn(paced(() => {}, 80_000))).toEqual(['a deadline is answered']);
  const late = (s: Story): void => {
    s.wait(20_000);
    answered(s);
  };
  expect(brokenIn(paced(late, 0))).toEqual(['a deadline is answered']);
});

const three = { service: 'payments', entity: 'charge/three', flow: 'three' };
const asked = (s: Story): void => {
  s.tell({
    ...three,
    cause: 'request:x',
    events: [{ type: 'ChargeRequested', operation: 'charge-three' }],
  });
};

test('an attempt that is not made though it is due is found', () => {
  const failed = (s: Story): void => {
    asked(s);
    s.failure('three', 1, { class: 'outage', dueAt: s.now() });
  };
  expect(brokenIn(paced(failed, 9_000))).toEqual([]);
  expect(brokenIn(paced(failed, 11_000))).toEqual(['what is due is done']);
});

test('what waits for a person may take long', () => {
  const broken = (s: Story): void => {
    asked(s);
    s.failure('three', 1, { class: 'outage', dueAt: s.now() });
    const data = { cause: 'request:x', reaction: 'charge', operation: 'charge-three', error: 'a bug' };
    s.tell({ ...three, cause: 'request:x', events: [{ type: 'refrain.Defect', data }] });
    // Another instance was at it, too.
    s.failure('three', 2, { class: 'outage', dueAt: s.now() });
  };
  expect(brokenIn(paced(broken, 50_000))).toEqual([]);
});

test('an attempt that came too late is found, also when a word held it before', () => {
  const retried = (waitMs: number, until?: string) => (s: Story) => {
    asked(s);
    s.failure('three', 1, { class: 'outage', dueAt: s.now() });
    const held = { operation: 'charge-three', n: 2, hold: 'budget', word: 'open', epoch: 1, reason: 'r' };
    if (until)
      s.tell({
        ...three,
        cause: 'outcome:charge-three:2:held',
        events: [{ type: 'refrain.Held', data: { ...held, until } }],
      });
    s.wait(waitMs);
    s.failure('three', 2, { class: 'outage', delayBy: 'retry-after', delayMs: 1e9 });
  };
  expect(brokenIn(paced(retried(9_000), 0))).toEqual([]);
  expect(brokenIn(paced(retried(11_000), 0))).toEqual(['what is due is done']);
  expect(brokenIn(paced(retried(11_000, '2030-01-01T00:00:05.000Z'), 50_000))).toEqual([]);
});
