import type { InstanceSeen } from './window.ts';
import type { Policy } from './policy.ts';
import type { Share } from './word.ts';

/** The budget's window, in milliseconds. */
const BUDGET_MS = 10_000;
/** What was granted to an instance that tells nothing counts as spent so long, in milliseconds. */
const UNTOLD_MS = 15_000;
/** A term begins by granting nothing until instances said what they heard, in milliseconds. */
const STRANGE_MS = 3_000;

interface Granted {
  readonly tick: number;
  readonly at: number;
  readonly retries: number;
  readonly bucket: number;
}

/** What one instance was granted, and what it spent as far as is known. */
export interface Account {
  readonly life: string;
  /** Retries of its life that are accounted for. */
  readonly settled: number;
  /** Not settled yet, oldest first. */
  readonly granted: readonly Granted[];
}

/** Plain data; the governor keeps it from one decision to the next. */
export interface Ledger {
  readonly accounts: Readonly<Record<string, Account>>;
  /** Granted retries that were used, by when that was told. */
  readonly spent: readonly { readonly at: number; readonly retries: number }[];
}

export const emptyLedger: Ledger = { accounts: {}, spent: [] };

export interface Term {
  readonly epoch: number;
  readonly now: number;
  /** When this governor's term began. */
  readonly began: number;
}

const sumOf = (all: readonly { readonly retries: number }[]): number =>
  all.reduce((sum, { retries }) => sum + retries, 0);

/** How `more` of the budget is split: what buckets may hold together, and what is granted in any 10 s. */
export function splitOf({ budget }: Policy): { buckets: number; grants: number } {
  const buckets = Math.ceil(budget.more / 2);
  return { buckets, grants: budget.more - buckets };
}

/**
 * What a report says of grants: one is settled when its instance heard a later word, which replaced it. Until
 * then all of it counts as spent.
 */
export function settle(ledger: Ledger, instances: readonly InstanceSeen[], term: Term): Ledger {
  const accounts: Record<string, Account> = {};
  const spent = ledger.spent.filter(({ at }) => term.now - at < BUDGET_MS);
  const told = new Map(instances.map((one) => [one.instance, one]));
  const spend = (at: number, retries: number): void => {
    if (retries > 0 && term.now - at < BUDGET_MS) spent.push({ at, retries });
  };
  for (const [name, account] of Object.entries(ledger.accounts)) {
    const one = told.get(name);
    const sameLife = one?.life === account.life;
    const heard = sameLife && one.heard?.epoch === term.epoch ? one.heard.tick : 0;
    const done = account.granted.filter(({ tick }) => tick < heard);
    const open = account.granted.filter(({ tick, at }) => tick >= heard && term.now - at < UNTOLD_MS);
    const used = sameLife ? Math.max(0, one.counts.retries - account.settled) : 0;
    spend(term.now, Math.min(used, sumOf(done)));
    // What was used of grants that are still open is charged when they are settled; own retries are not.
    const settled = sameLife ? one.counts.retries - Math.min(used, sumOf(open)) : account.settled;
    if (open.length > 0 || sameLife) accounts[name] = { life: account.life, settled, granted: open };
  }
  for (const one of instances) {
    const old = accounts[one.instance];
    if (old?.life === one.life) continue;
    // A new life under the name: nobody will tell what the one before used, so it used all.
    spend(term.now, sumOf(old?.granted ?? []));
    accounts[one.instance] = { life: one.life, settled: one.counts.retries, granted: [] };
  }
  return { accounts, spent };
}

/** How many more retries may be granted now. */
export function grantable(ledger: Ledger, policy: Policy, { epoch, now, began }: Term): number {
  // What the governor before granted is not known, and is over after ten seconds.
  if (epoch > 1 && now - began < BUDGET_MS) return 0;
  const outstanding = Object.values(ledger.accounts).flatMap(({ granted }) => granted);
  const taken = sumOf(outstanding) + sumOf(ledger.spent);
  return Math.max(0, splitOf(policy).grants - taken);
}

/** How much each instance's bucket may hold; together never more than their part, whoever heard what. */
export function bucketsOf(
  ledger: Ledger,
  instances: readonly InstanceSeen[],
  policy: Policy,
  { epoch, now, began }: Term,
): Map<string, number> {
  const { buckets } = splitOf(policy);
  const present = instances.filter((one) => one.present);
  const each = Math.floor(buckets / Math.max(1, present.length));
  const strange = new Set(
    instances.filter(({ heard }) => heard && heard.epoch < epoch).map((one) => one.instance),
  );
  const held = (name: string): number =>
    Math.max(
      strange.has(name) ? Math.max(1, each) : 0,
      ...(ledger.accounts[name]?.granted ?? []).map(({ bucket }) => bucket),
    );
  const names = new Set([...Object.keys(ledger.accounts), ...strange]);
  let room = buckets - [...names].reduce((sum, name) => sum + held(name), 0);
  if (epoch > 1 && now - began < STRANGE_MS) return new Map(present.map((one) => [one.instance, 0]));
  // Who holds one keeps it, then who calls most: a bucket that wanders is emptied each time.
  const order = present.toSorted(
    (a, b) =>
      Math.sign(held(b.instance)) - Math.sign(held(a.instance)) ||
      b.calls - a.calls ||
      (a.instance < b.instance ? -1 : 1),
  );
  return new Map(
    order.map(({ instance }, i) => {
      const target = each > 0 ? each : i < buckets ? 1 : 0;
      const grown = Math.min(target, held(instance) + Math.max(0, room));
      room -= Math.max(0, grown - held(instance));
      return [instance, grown];
    }),
  );
}

/** Notes what a word grants, before anybody hears it. */
export function noteGrants(
  ledger: Ledger,
  shares: Readonly<Record<string, Share>>,
  tick: number,
  at: number,
): Ledger {
  const accounts: Record<string, Account> = { ...ledger.accounts };
  for (const [name, { retries, own }] of Object.entries(shares)) {
    const account = accounts[name];
    if (!account) continue;
    const granted = [...account.granted, { tick, at, retries, bucket: own?.bucket ?? 0 }];
    accounts[name] = { ...account, granted };
  }
  return { accounts, spent: ledger.spent };
}

/**
 * Divides whole units by weight, by largest remainder; of equal ones a different one comes first each time.
 * Nobody gets more than `most`.
 */
export function divide(
  units: number,
  wants: ReadonlyMap<string, { readonly weight: number; readonly most?: number }>,
  turn: number,
): Map<string, number> {
  const given = new Map([...wants.keys()].map((name) => [name, 0]));
  let left = units;
  for (;;) {
    const open = [...wants].filter(
      ([name, { weight, most = Infinity }]) => weight > 0 && (given.get(name) ?? 0) < most,
    );
    const total = open.reduce((sum, [, { weight }]) => sum + weight, 0);
    if (left < 1 || total <= 0) return given;
    const parts = open.map(([name, { weight, most = Infinity }], i) => {
      const exact = (left * weight) / total;
      const room = most - (given.get(name) ?? 0);
      const whole = Math.min(Math.floor(exact), room);
      return { name, whole, rest: exact - whole, room: room - whole, turn: (i + turn) % open.length };
    });
    for (const { name, whole } of parts) given.set(name, (given.get(name) ?? 0) + whole);
    left -= parts.reduce((sum, { whole }) => sum + whole, 0);
    const next = parts.filter(({ room }) => room >= 1).sort((a, b) => b.rest - a.rest || a.turn - b.turn);
    for (const { name } of next.slice(0, Math.floor(left))) given.set(name, (given.get(name) ?? 0) + 1);
    left -= Math.min(next.length, Math.floor(left));
  }
}
