import { defaultPolicy } from '@refrain/governor';
import { MemoryBroker, MemoryClient, VirtualClock } from '@refrain/memory';
import { changeKey, POLICY_KEY } from '@refrain/service-governor/bucket';
import { expect, test } from 'vitest';
import { readWords } from './said-words.ts';

async function bucket(lines: readonly unknown[], policy?: object) {
  const clock = new VirtualClock();
  const stop = clock.autorun();
  const store = new MemoryClient(new MemoryBroker({ clock, chance: () => 0.5 })).governorStore;
  let revision = 0;
  for (const line of lines)
    revision = (await store.write(changeKey('psp'), JSON.stringify(line), revision)) ?? 0;
  if (policy) await store.write(POLICY_KEY, JSON.stringify(policy), 0);
  const words = await readWords(store, ['psp', 'mail']);
  stop();
  return words;
}
const word = (at: number, kind: string, more: object = {}) => ({
  v: 1,
  what: 'word',
  at,
  kind,
  reason: 'r',
  epoch: 1,
  ...more,
});

test('the words come oldest first; what says nothing of ramps, or cannot be read, may be one', async () => {
  const pinned = { v: 1, what: 'released', at: 4, by: 'ada', host: 'h', why: 'w' };
  const ramp = [word(2, 'throttled', { ramp: true }), word(3, 'throttled', { ramp: false })];
  const { history } = await bucket([word(1, 'open'), ...ramp, pinned, word(5, 'throttled'), { v: 9 }]);
  const { words, isWhole } = history['psp'] ?? { words: [] };
  expect(words.map(({ ramp: isRamp }) => isRamp)).toEqual([false, true, false, true, true]);
  expect(words.slice(0, 4).map(({ at }) => at)).toEqual([1, 2, 3, 5]);
  expect(isWhole).toBe(true);
  expect(history['mail']).toEqual({ words: [], isWhole: true });
});

test('of which the bucket has dropped the first ones they are not whole', async () => {
  const { history } = await bucket(Array.from({ length: 70 }, (_, i) => word(i, 'open')));
  expect(history['psp']).toMatchObject({ isWhole: false });
  expect(history['psp']?.words.at(-1)).toEqual({ at: 69, ramp: false });
});

test('the budget is that of the policy, since it was set; without one it is the default, always', async () => {
  expect((await bucket([])).budget).toEqual({ share: 0.2, more: 10, since: 0 });
  const policy = { ...defaultPolicy, budget: { share: 0.5, more: 3 } };
  const stored = { version: 1, policy, by: 'ada', host: 'h', why: 'w', at: 77 };
  const { budget } = await bucket([], stored);
  expect(budget).toMatchObject({ share: 0.5, more: 3 });
  expect(budget.since).toBeGreaterThan(0);
});
