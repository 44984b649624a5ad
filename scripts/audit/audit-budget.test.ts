import { expect, test } from 'vitest';
import { auditOf, brokenIn } from './audit.fixture.ts';
import type { SaidWord } from './mod.ts';
import type { Story } from './story.fixture.ts';

const BUDGET = 'calls stay within the budget';

/** Thirteen repeats in a second: more than ten and a fifth of the story's few first calls. */
const storm = (s: Story): void => {
  s.wait(60_000);
  for (let i = 0; i < 13; i++) s.call('create', 'charge-one', 'replayed');
};
const at = (s: Story, aheadMs: number, ramp: boolean): SaidWord => ({
  at: Date.parse(s.now()) + aheadMs,
  ramp,
});
const says = (s: Story, words: readonly SaidWord[], isWhole = true): void => {
  s.words = { ...s.words, history: { ...s.words.history, psp: { words, isWhole } } };
};

test('repeats beyond the budget are found, with when and how many there may be', () => {
  const { violations } = auditOf(storm);
  expect(violations).toMatchObject([{ invariant: BUDGET, where: 'psp' }]);
  expect(violations[0]?.found).toMatch(/^13 repeated calls in the ten seconds before .*Z, allowed 10 with 0/);
});

test('on the way up after an outage the budget does not hold, before and after it does', () => {
  const rampFrom = (fromMs: number, toMs: number) => (s: Story) => {
    storm(s);
    says(s, [at(s, -70_000, false), at(s, fromMs, true), at(s, toMs, false)]);
  };
  expect(brokenIn(auditOf(rampFrom(-5_000, 5_000)))).toEqual([]);
  expect(brokenIn(auditOf(rampFrom(-40_000, -20_000)))).toEqual([BUDGET]);
  expect(brokenIn(auditOf(rampFrom(20_000, 40_000)))).toEqual([BUDGET]);
});

test('a ramp that has not ended goes on', () => {
  const audit = auditOf((s) => {
    storm(s);
    says(s, [at(s, -50_000, true)]);
  });
  expect(brokenIn(audit)).toEqual([]);
});

test('what lies before the words that are kept is not judged, and that is said', () => {
  const audit = auditOf((s) => {
    storm(s);
    says(s, [at(s, 1, false)], false);
  });
  expect(audit.violations).toEqual([]);
  expect(audit.unchecked).toMatchObject([
    { where: 'psp', why: expect.stringMatching(/^not checked before .*Z: older words are not kept$/) },
  ]);
});

test('what was called under another policy is not judged by this one', () => {
  const audit = auditOf((s) => {
    storm(s);
    s.words = { ...s.words, budget: { ...s.words.budget, since: Date.parse(s.now()) + 1 } };
  });
  expect(audit.violations).toEqual([]);
  expect(audit.unchecked).toMatchObject([{ where: 'psp' }, { where: 'mail' }]);
});

test('what was called before the platform was imported is not judged, what comes after it is', () => {
  const importedAfter = (spoil: (s: Story) => void) => (s: Story) => {
    spoil(s);
    s.wait(1);
    s.words = { ...s.words, importedAt: Date.parse(s.now()) };
    says(s, [at(s, 5_000, false)]); // the bucket is new: its first word is the first one there was
  };
  const imported = auditOf(importedAfter(storm));
  expect(imported.violations).toEqual([]);
  const why = expect.stringMatching(/^not checked before .*Z: an import brings no words along$/);
  expect(imported.unchecked).toMatchObject([{ where: 'psp', why }, { where: 'mail' }]);
  const goesOn = (s: Story): void => {
    importedAfter(() => {})(s);
    storm(s);
  };
  expect(brokenIn(auditOf(goesOn))).toEqual([BUDGET]);
});

test('without a word on record nothing is concluded', () => {
  const audit = auditOf(storm, { words: undefined });
  expect(audit.violations).toEqual([]);
  expect(audit.unchecked).toMatchObject([{ where: 'psp' }, { where: 'mail' }]);
});

test('calls that bear no operation are nobody’s repeat', () => {
  const audit = auditOf((s) => {
    for (let i = 0; i < 20; i++) s.call('other', 'unknown');
  });
  expect(audit.violations).toEqual([]);
});

test('mails are counted by their start marks', () => {
  const marks = (count: number) => (s: Story) => {
    for (let n = 2; n < count + 2; n++) {
      const data = { operation: 'send-one', n, runner: `r${n}` };
      s.tell({
        service: 'notifications',
        entity: 'mail/one',
        flow: 'one',
        cause: `start:send-one:${n}:r${n}`,
        events: [{ type: 'refrain.AttemptStarted', data }],
      });
    }
  };
  expect(brokenIn(auditOf(marks(10)))).toEqual([]);
  expect(auditOf(marks(11)).violations).toMatchObject([{ invariant: BUDGET, where: 'mail' }]);
});
