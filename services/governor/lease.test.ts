import { expect, test } from 'vitest';
import { claimOf, isHeld, LEASE_MS, type LeaseView, seen, unseen } from './lease.ts';

const self = 'a';
const kept = (revision: number, holder: string, epoch: number, released?: true) => ({
  revision,
  value: JSON.stringify({ v: 1, holder, epoch, ...(released && { released }) }),
  at: 0,
});
const held = (at: number, epoch = 4): LeaseView => ({
  revision: 7,
  lease: { v: 1, holder: self, epoch },
  seenAt: at,
  renewedAt: at,
});

test('a lease that nobody ever had is taken with the first term', () => {
  expect(claimOf(seen(unseen, undefined, { self, now: 5 }), { self, now: 5 })).toMatchObject({
    holder: self,
    epoch: 1,
  });
});

test('a lease that is renewed is never taken, one without a new revision for 3 s is, with the next term', () => {
  let view = seen(unseen, kept(1, 'b', 4), { self, now: 0 });
  for (let now = 1_000; now <= 10_000; now += 1_000) {
    expect(claimOf(view, { self, now })).toBeUndefined();
    view = seen(view, kept(now, 'b', 4), { self, now });
  }
  view = seen(view, kept(10_000, 'b', 4), { self, now: 12_000 });
  expect(claimOf(view, { self, now: 12_999 })).toBeUndefined();
  expect(claimOf(view, { self, now: 13_000 })).toMatchObject({ holder: self, epoch: 5 });
});

test('the time since a revision counts from when it was seen first, whatever the clock of its holder said', () => {
  const view = seen(unseen, kept(1, 'b', 4), { self, now: 1_000_000 });
  expect(claimOf(view, { self, now: 1_000_001 })).toBeUndefined();
  expect(claimOf(view, { self, now: 1_000_000 + LEASE_MS })).toBeDefined();
});

test('a lease that was let go is taken at once', () => {
  const view = seen(unseen, kept(3, 'b', 4, true), { self, now: 0 });
  expect(claimOf(view, { self, now: 0 })).toMatchObject({ holder: self, epoch: 5 });
});

test('a holder that could not renew for 3 s may not speak, and not a moment longer than others wait', () => {
  const view = held(1_000);
  expect(isHeld(view, 1_000 + LEASE_MS - 1)).toBe(true);
  expect(isHeld(view, 1_000 + LEASE_MS)).toBe(false);
  // Whoever saw that renewal as soon as it was there began to count later.
  const other = seen(unseen, kept(7, self, 4), { self: 'b', now: 1_001 });
  expect(claimOf(other, { self: 'b', now: 1_000 + LEASE_MS })).toBeUndefined();
});

test('it goes on in its term while it renews, and takes what was its own again with the next one', () => {
  expect(claimOf(held(1_000), { self, now: 2_000 })).toMatchObject({ holder: self, epoch: 4 });
  expect(claimOf(held(1_000), { self, now: 9_000 })).toMatchObject({ holder: self, epoch: 5 });
});

test('a renewal of its own whose answer was lost is known again, and gives no more time than the one before', () => {
  const view = seen(held(1_000), kept(8, self, 4), { self, now: 2_500 });
  expect(view).toMatchObject({ revision: 8, renewedAt: 1_000 });
  expect(claimOf(view, { self, now: 2_500 })).toMatchObject({ epoch: 4 });
});

test('who sees that another one holds it holds it no longer', () => {
  const view = seen(held(1_000), kept(8, 'b', 5), { self, now: 1_500 });
  expect(isHeld(view, 1_500)).toBe(false);
  expect(claimOf(view, { self, now: 1_500 })).toBeUndefined();
});

test('what is no lease is taken by nobody', () => {
  expect(() => seen(unseen, { revision: 1, value: '{"v":2}', at: 0 }, { self, now: 0 })).toThrow('holder');
});
