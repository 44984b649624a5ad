import { defaultPolicy } from '@refrain/governor';
import type { Status } from '@refrain/service-governor';
import { expect, test } from 'vitest';
import { historyLines, isSpeaking, policyLines, statusLines } from './lines.ts';
import { editedPolicy, settingsOf } from './policy-edit.ts';

const now = Date.UTC(2026, 0, 2);
const word: Status['words'][number] = {
  dependency: 'psp',
  kind: 'throttled',
  reason: '31 % of 120 calls failed in 5 s',
  since: now - 12_000,
  rate: 4.26,
  waiting: 7,
  epoch: 3,
  tick: 9,
  saidAgoMs: 400,
};
const status: Status = {
  lease: { holder: 'governor.1a2b', epoch: 3, isOwn: true },
  policyVersion: 2,
  words: [word],
  budgets: [{ dependency: 'psp', used: 3, allowed: 10 }],
  instances: [],
};
const pin = { kind: 'suppressed', by: 'ada', host: 'laptop', why: 'maintenance', at: now } as const;

test('a word stands there with how long, how much, how many wait, the budget and why', () => {
  const [head, row, speaks] = statusLines(status, now);
  expect(head?.split(/ {2,}/)).toEqual([
    'dependency',
    'word',
    'for',
    'calls/s',
    'waiting',
    'retries in 10 s',
    'why',
  ]);
  expect(row?.split(/ {2,}/)).toEqual([
    'psp',
    'throttled',
    '12 s',
    '4.3',
    '7',
    '3 of 10',
    '31 % of 120 calls failed in 5 s',
  ]);
  expect(speaks).toBe('governor.1a2b speaks, term 3, policy version 2.');
});

test('where a ramp let more be repeated than the budget, the figures say so', () => {
  const budgets = [{ dependency: 'psp', used: 18, allowed: 14, ramp: true }];
  expect(statusLines({ ...status, budgets }, now)[1]).toContain('  18 of 14, with a ramp  ');
});

test('a warning and a pin have a line each, the pin with who, where, until when and why', () => {
  const lines = statusLines({ ...status, words: [{ ...word, warning: 'near the budget', pin }] }, now);
  expect(lines).toContain('psp warns: near the budget');
  expect(lines).toContain('psp is pinned suppressed by ada on laptop until it is released: maintenance');
});

test('a governor that has been silent for 3 s is a finding, so is none at all', () => {
  expect(isSpeaking(status)).toBe(true);
  const silent = { ...status, words: [{ ...word, saidAgoMs: 200_000 }] };
  expect(isSpeaking(silent)).toBe(false);
  expect(statusLines(silent, now).join('\n')).toContain('psp: no word for 3 min');
  expect(isSpeaking({ ...status, lease: null })).toBe(false);
});

test('a history reads from the oldest line to the newest', () => {
  const lines = historyLines([
    { what: 'released', v: 1, at: now + 2, by: 'ada', host: 'laptop', why: 'over' },
    { what: 'pinned', v: 1, at: now + 1, pin: { ...pin, kind: 'throttled', rate: 2 } },
    { what: 'word', v: 1, at: now, kind: 'open', reason: 'calm', epoch: 1 },
    { what: 'word', v: 1, at: now - 1, kind: 'throttled', rate: 2, ramp: true, reason: 'a probe', epoch: 1 },
  ]);
  expect(lines).toEqual([
    '2026-01-01T23:59:59.999Z  throttled to 2 calls/s, on its way up: a probe',
    '2026-01-02T00:00:00.000Z  open: calm',
    '2026-01-02T00:00:00.001Z  pinned throttled to 2 calls/s by ada on laptop until it is released: maintenance',
    '2026-01-02T00:00:00.002Z  released by ada on laptop: over',
  ]);
});

test('every value of a policy is shown under the name by which it is set', () => {
  const lines = policyLines({ version: 0, policy: defaultPolicy, by: '', host: '', why: 'default', at: 0 });
  expect(lines).toHaveLength(settingsOf(defaultPolicy).length + 1);
  expect(lines.some((line) => /^load\.handlingMs\.throttle +5000$/.test(line))).toBe(true);
});

test('key=value changes what is named and leaves the rest as it is', () => {
  const edited = editedPolicy(defaultPolicy, ['budget.more=4', 'failures.warn=0.05']);
  expect(edited.budget).toEqual({ ...defaultPolicy.budget, more: 4 });
  expect(edited.failures).toEqual({ ...defaultPolicy.failures, warn: 0.05 });
  expect(edited.load).toEqual(defaultPolicy.load);
});

test.each([
  [
    ['budget.mroe=4', 'failures.warn=x'],
    /budget\.mroe=4.*expected a key of.*failures\.warn: expected a number/,
  ],
  [['budget=4'], /no key=value of a policy/],
  [['budget.share='], /budget\.share: expected a number/],
  [['failures.throttle=0.9'], /warn < throttle < suppress/],
  [['/nowhere/policy.json'], /cannot be read as JSON/],
  [['__proto__.more=1'], /no key=value of a policy/],
])('%j is refused, and nothing is changed', (operands, said) => {
  expect(() => editedPolicy(defaultPolicy, operands)).toThrow(said);
  expect(() => editedPolicy(defaultPolicy, operands)).toThrow('Nothing was changed.');
});
