import { expect, it } from 'vitest';
import { createGate } from './gate.ts';
import type { Word } from './word.ts';

const word: Word = {
  v: 1,
  dependency: 'psp',
  kind: 'throttled',
  reason: 'it recovers',
  since: 1,
  rate: 2,
  best: 40,
  waiting: 150,
  epoch: 1,
  tick: 1,
  shares: {},
  newcomer: { calls: 0, retries: 0 },
};

it('what is held in a ramp is spread over what the dependency will give, not over what it gives now', () => {
  const hopedUnder = (more: Partial<Word>): number | undefined => {
    const gate = createGate('i');
    gate.hear({ ...word, ...more }, 0);
    return gate.state(1).hoped;
  };
  expect(hopedUnder({ ramp: true })).toBe(40);
  expect(hopedUnder({ kind: 'probing' })).toBe(40);
  expect(hopedUnder({ kind: 'suppressed', holdMs: 1_000 })).toBe(40);
  // One that was never seen well: a ramp makes its way to as much in seconds, and what sleeps cannot use it.
  expect(hopedUnder({ ramp: true, best: undefined })).toBe(64);
  const pin = { kind: 'suppressed', by: 'ada', host: 'here', why: 'they asked', at: 1 } as const;
  expect(hopedUnder({ kind: 'suppressed', pin, best: undefined })).toBeUndefined(); // a person holds it
  expect(hopedUnder({})).toBeUndefined(); // slowed, since it takes no more
});
