import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Decided, decide, resume } from './decide.ts';
import { defaultPolicy, policy as policySchema } from './policy.ts';
import { type DependencyCounts, type LoadSignals, nothingCounted, report } from './report.ts';
import { createWindow } from './window.ts';
import { type Pin, type Word, word as wordSchema } from './word.ts';

type Second = Partial<Record<keyof DependencyCounts, number>>;
interface Told {
  readonly seconds: number;
  /** What all instances together did in each second. */
  readonly second: (s: number, word: Word | undefined) => Second;
  readonly instances?: number;
  readonly epoch?: number;
  readonly before?: Decided;
  readonly pins?: (s: number) => Readonly<Record<string, Pin>>;
  readonly load?: (s: number) => Partial<LoadSignals>;
  readonly policy?: typeof defaultPolicy;
}

/** Tells the governor so, whatever it says: one word per second. */
function wordsOf({ seconds, second, instances = 1, epoch = 1, before, pins, load, policy }: Told): Word[] {
  const window = createWindow();
  const quiet = { consumerLag: 0, handlingMs: 0, scheduleLateMs: 0, clockOffsetMs: 0, oldestOverdueMs: 0 };
  const sums = nothingCounted();
  const words: Word[] = [];
  let decided = before;
  for (let s = 0; s < seconds; s++) {
    const last = words.at(-1);
    const { waitingFirsts = 0, waitingRetries = 0, waitingParked = 0, ...now } = second(s, last);
    for (const [name, count] of Object.entries(now)) sums[name as keyof typeof sums] += count / instances;
    for (let i = 0; i < instances; i++)
      window.hear(
        report.parse({
          v: 1,
          service: 'payments',
          instance: `i-${i}`,
          life: 'one',
          n: s + 1,
          heard: last ? { psp: { epoch: last.epoch, tick: last.tick } } : {},
          dependencies: { psp: { ...sums, waitingFirsts, waitingRetries, waitingParked } },
          load: { ...quiet, ...load?.(s) },
        }),
        s * 1_000 + 900,
      );
    const conditions = {
      policy: policy ?? defaultPolicy,
      pins: pins?.(s) ?? {},
      epoch,
      now: (s + 1) * 1_000,
    };
    const { words: said, after } = decide(decided, window.see(conditions.now), conditions);
    decided = JSON.parse(JSON.stringify(after)) as Decided;
    words.push(...said.map((one) => wordSchema.parse(one)));
  }
  return words;
}

const failing =
  (share: number, calls: number, as: keyof DependencyCounts = 'transient') =>
  (s: number): Second => {
    const failed = Math.floor((s + 1) * calls * share) - Math.floor(s * calls * share);
    return { firsts: calls, successes: calls - failed, [as]: failed };
  };
const severity = ({ kind }: Word): number => (kind === 'open' ? 0 : kind === 'throttled' ? 1 : 2);
const changes = (words: readonly Word[]): number =>
  words.filter((word, i) => i > 0 && severity(word) !== severity(words[i - 1] as Word)).length;
const share = fc.double({ min: 0, max: 1, noNaN: true });
const rates = fc.integer({ min: 5, max: 200 });

describe('the word', () => {
  it('changes at most once a minute after half a minute of the same', () => {
    const check = (failed: number, calls: number, as: 'transient' | 'throttled' | 'outage') => {
      const words = wordsOf({ seconds: 210, second: failing(failed, calls, as) });
      for (let from = 30; from + 60 <= 210; from += 30)
        expect(changes(words.slice(from, from + 60))).toBeLessThanOrEqual(1);
    };
    const kinds = fc.constantFrom('transient' as const, 'throttled' as const, 'outage' as const);
    fc.assert(fc.property(share, rates, kinds, check), { seed: 5, numRuns: 30 });
  }, 30_000);

  it('is the final one 15 s after a step', () => {
    const check = (failed: number, calls: number) => {
      const well = failing(0, calls);
      const second = (s: number) => (s < 40 ? well(s) : failing(failed, calls)(s));
      const words = wordsOf({ seconds: 75, second }).map(severity);
      expect(words.slice(55)).toEqual(Array.from({ length: 20 }, () => words[55]));
    };
    fc.assert(fc.property(share, rates, check), { seed: 6, numRuns: 30 });
  }, 30_000);

  it('is never harsher for fewer failures', () => {
    const check = (a: number, b: number, calls: number) => {
      const [mild, harsh] = [Math.min(a, b), Math.max(a, b)].map((failed) =>
        wordsOf({ seconds: 50, second: failing(failed, calls) }).slice(20),
      );
      for (const [i, word] of (mild ?? []).entries())
        expect(severity(word)).toBeLessThanOrEqual(severity(harsh?.[i] as Word));
    };
    fc.assert(fc.property(share, share, rates, check), { seed: 7, numRuns: 30 });
  }, 30_000);

  it('warns before it slows what gets worse step by step', () => {
    const check = (overS: number, calls: number, most: number) => {
      const second = (s: number) => failing((Math.max(0, s - 20) / overS) * most, calls)(s);
      const words = wordsOf({ seconds: 20 + overS, second });
      const slowed = words.findIndex((word) => severity(word) > 0);
      const warned = words.findIndex((word) => word.warning !== undefined);
      if (slowed >= 0 && !(warned >= 0 && warned < slowed)) throw new Error(`${warned} ${slowed}`);
    };
    const over = fc.integer({ min: 30, max: 120 });
    fc.assert(fc.property(over, rates, fc.double({ min: 0.1, max: 0.55, noNaN: true }), check), {
      seed: 8,
      numRuns: 40,
    });
  }, 30_000);

  it('stays with what comes and goes, instead of following it', () => {
    const second = (s: number) => failing(s % 50 < 20 ? 0.4 : 0, 40)(s);
    expect(changes(wordsOf({ seconds: 600, second }).slice(150))).toBeLessThanOrEqual(2);
  });

  it('does not hold all for the failure of a few', () => {
    const second = (s: number): Second => (s % 10 === 0 ? { firsts: 1, transient: 1 } : {});
    expect(wordsOf({ seconds: 40, second }).every(({ kind }) => kind === 'open')).toBe(true);
    const once = (s: number): Second => (s === 10 ? { firsts: 4, transient: 4 } : {});
    expect(wordsOf({ seconds: 40, second: once }).every(({ kind }) => kind === 'open')).toBe(true);
  });

  it('says why, with figures, and since when', () => {
    const words = wordsOf({ seconds: 30, second: failing(1, 20, 'outage') });
    const held = words.find(({ kind }) => kind === 'suppressed');
    expect(held?.reason).toMatch(/^100 % of \d+ calls failed in \d s$/);
    expect(held).toMatchObject({ since: (held?.tick ?? 0) * 1_000, holdMs: 1_000 });
    const busy = wordsOf({ seconds: 30, second: failing(0.3, 50, 'throttled') }).at(-1);
    expect(busy).toMatchObject({ kind: 'throttled', reason: expect.stringContaining('most as too many') });
  });
});

describe('while nothing may go', () => {
  it('nobody is given anything, and a probe goes to one that waits, in turns', () => {
    const second = (s: number): Second => ({ ...failing(1, s < 10 ? 20 : 0)(s), waitingFirsts: 3 });
    const words = wordsOf({ seconds: 24, second, instances: 4 });
    const callsOf = (word: Word) => Object.values(word.shares).map(({ calls = Infinity }) => calls);
    for (const word of words.filter(({ kind }) => kind === 'suppressed'))
      expect(callsOf(word)).toEqual([0, 0, 0, 0]);
    const probes = words.filter(({ kind }) => kind === 'probing').slice(0, 8);
    expect(probes.length).toBeGreaterThan(4);
    for (const word of probes) expect(callsOf(word).toSorted((a, b) => a - b)).toEqual([0, 0, 0, 1]);
    const who = probes.map(({ shares }) => Object.keys(shares).find((name) => shares[name]?.calls === 1));
    expect(new Set(who).size).toBeGreaterThan(1);
  });

  it('probes are further and further apart, up to what the policy says', () => {
    const policy = policySchema.parse({ suppress: { firstMs: 1_000, maxMs: 8_000 } });
    const second = (s: number, word: Word | undefined): Second =>
      s < 5 || word?.kind === 'probing' ? { firsts: 20, outage: 20 } : {};
    const words = wordsOf({ seconds: 80, second, policy });
    const probes = words.flatMap(({ kind, since }) => (kind === 'probing' ? [since / 1_000] : []));
    const apart = [...new Set(probes)].map((at, i, all) => at - (all[i - 1] ?? at));
    expect(apart.slice(1, 4)).toEqual([2, 4, 8]);
    expect(Math.max(...apart)).toBe(8);
  });

  it('becomes open within half a minute when nobody calls any more', () => {
    const words = wordsOf({ seconds: 60, second: (s) => (s < 10 ? failing(1, 20)(s) : {}) });
    expect(words.findLastIndex(({ kind }) => kind !== 'open')).toBeLessThan(40);
  });
});

describe('a person', () => {
  const by = { by: 'ann', host: 'desk', why: 'provider asked', at: 0 };

  it('has the last word until it is over, and the reason says who', () => {
    const pin: Pin = { kind: 'suppressed', until: 20_000, ...by };
    const words = wordsOf({ seconds: 25, second: failing(0, 20), pins: () => ({ psp: pin }) });
    expect(words[10]).toMatchObject({
      kind: 'suppressed',
      pin,
      reason: 'ann on desk: provider asked',
      holdMs: 9_000,
    });
    expect(words[20]).toMatchObject({ kind: 'open' });
    expect(words[20]?.pin).toBeUndefined();
  });

  it('slows to a rate that is kept over all instances, also a part of one', () => {
    const pins = () => ({ psp: { kind: 'throttled' as const, rate: 2.5, ...by } });
    const words = wordsOf({ seconds: 30, second: failing(0, 20), instances: 3, pins }).slice(10);
    const calls = words.flatMap(({ shares }) => Object.values(shares).map((one) => one.calls ?? 0));
    expect(calls.reduce((sum, one) => sum + one, 0)).toBe(50);
  });

  it('that opens keeps the retry budget', () => {
    const grantedBy = (word: Word | undefined): number => word?.shares['i-0']?.retries ?? 0;
    const second = (s: number, word: Word | undefined): Second => ({
      ...failing(1, 20)(s),
      retries: grantedBy(word),
      waitingRetries: 500,
      waitingParked: 0,
    });
    const words = wordsOf({ seconds: 60, second, pins: () => ({ psp: { kind: 'open', ...by } }) });
    expect(words.every(({ kind }) => kind === 'open')).toBe(true);
    for (let from = 0; from + 10 <= 60; from++) {
      const granted = words.slice(from, from + 10).reduce((sum, word) => sum + grantedBy(word), 0);
      expect(granted).toBeLessThanOrEqual(5);
    }
    expect(words.reduce((sum, word) => sum + grantedBy(word), 0)).toBeGreaterThan(10);
  });
});

describe('a governor that begins', () => {
  it('grants no retry for ten seconds, nor a bucket for three, since it forgot what was granted', () => {
    const second = (s: number): Second => ({ ...failing(0.1, 20)(s), waitingRetries: 9 });
    const words = wordsOf({ seconds: 20, second, epoch: 7 });
    const shares = words.map((word) => word.shares['i-0']);
    expect(shares.slice(0, 10).every((one) => one?.retries === 0)).toBe(true);
    expect(shares.slice(0, 3).every((one) => one?.own === undefined)).toBe(true);
    expect(shares.at(-1)).toMatchObject({ own: { share: 0.2, bucket: 5 } });
  });

  it('goes on from the words before', () => {
    const held = wordsOf({ seconds: 12, second: failing(1, 20) });
    const before = resume(held.slice(-1), 2, 0);
    const [next] = wordsOf({ seconds: 1, second: failing(0, 0), epoch: 2, before });
    expect(next).toMatchObject({ kind: 'probing', epoch: 2, tick: 1 });
  });
});

describe('load', () => {
  it('never slows below what succeeds, however long it lasts', () => {
    const load = (s: number) => ({ consumerLag: s < 30 ? 0 : 50_000 + s });
    const second = (_: number, word: Word | undefined): Second =>
      failing(0, Math.min(40, Math.floor(word?.rate ?? 40)))(0);
    const words = wordsOf({ seconds: 200, second, load });
    expect(words.at(-1)).toMatchObject({
      kind: 'throttled',
      reason: expect.stringMatching(/payments: \d+ messages wait/),
    });
    expect(Math.min(...words.map(({ rate = 40 }) => rate))).toBeGreaterThanOrEqual(40);
  });

  it('is warned of even where it comes at once', () => {
    const load = (s: number) => ({ handlingMs: s < 10 ? 0 : 60_000 });
    const words = wordsOf({ seconds: 20, second: failing(0, 10), load });
    const slowed = words.findIndex(({ kind }) => kind === 'throttled');
    expect(words[slowed - 1]).toMatchObject({ kind: 'open', warning: 'payments: handling takes 60000 ms' });
  });

  it('is judged by the policy of the moment', () => {
    const lenient = policySchema.parse({ load: { consumerLag: { warn: 99_000, throttle: 999_000 } } });
    const told = { seconds: 30, second: failing(0, 10), load: () => ({ consumerLag: 50_000 }) };
    expect(wordsOf(told).at(-1)?.kind).toBe('throttled');
    expect(wordsOf({ ...told, policy: lenient }).at(-1)).toMatchObject({ kind: 'open' });
  });
});
