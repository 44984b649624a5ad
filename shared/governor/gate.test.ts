import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGate } from './gate.ts';
import type { CallKind, Gate } from './ports.ts';
import type { Share, Word } from './word.ts';

const own = { share: 0.2, bucket: 1 };

function wordOf(tick: number, share: Share, more: Partial<Word> = {}): Word {
  const shares = { a: share, ...more.shares };
  const newcomer = { calls: 0, retries: 0 };
  const told = { kind: 'open', reason: 'r', since: 0, waiting: 0, epoch: 1, newcomer } as const;
  return { v: 1, dependency: 'psp', tick, ...told, ...more, shares };
}

/** How many go of those that ask every millisecond of `[from, to)`. */
function goneIn(gate: Gate, kind: CallKind, from: number, to: number): number[] {
  const gone: number[] = [];
  for (let now = from; now < to; now++) if (gate.take(kind, now).go) gone.push(now);
  return gone;
}

/** A gate that heard its first word, which grants nothing, and a second one at 0. */
function heardGate(share: Share, more: Partial<Word> = {}): Gate {
  const gate = createGate('a');
  gate.hear(wordOf(1, share, more), -1_000);
  gate.hear(wordOf(2, share, more), 0);
  return gate;
}

describe('a gate that hears words', () => {
  it('lets first attempts go and holds retries while it never heard one', () => {
    const gate = createGate('a');
    expect(goneIn(gate, 'first', 0, 100)).toHaveLength(100);
    expect(gate.take('retry', 1e9)).toEqual({ go: false, reason: 'no word', againMs: 1_000 });
    expect(gate.state(5)).toMatchObject({ word: 'silent', epoch: 0 });
  });

  it('grants nothing from the first word it hears, which may be one of a life before', () => {
    const gate = createGate('a');
    gate.hear(wordOf(9, { calls: 5, retries: 5 }, { kind: 'throttled', rate: 5 }), 0);
    expect(goneIn(gate, 'first', 0, 3_000)).toEqual([]);
    expect(goneIn(gate, 'retry', 0, 3_000)).toEqual([]);
  });

  it('lets no more retries go than its share, also under open, and forgets what is left at the next', () => {
    const gate = heardGate({ retries: 3 });
    expect(goneIn(gate, 'retry', 0, 10)).toHaveLength(3);
    gate.hear(wordOf(3, { retries: 2 }), 1_000);
    gate.hear(wordOf(4, { retries: 1 }), 2_000);
    expect(goneIn(gate, 'retry', 2_000, 3_000)).toHaveLength(1);
    expect(gate.take('retry', 3_000)).toMatchObject({ go: false, reason: 'budget' });
  });

  it('ignores a lower epoch and a tick that is not higher', () => {
    const gate = heardGate({ retries: 0 }, { epoch: 3 });
    gate.hear(wordOf(2, { retries: 9 }, { epoch: 3 }), 10);
    gate.hear(wordOf(99, { retries: 9 }, { epoch: 2 }), 10);
    expect(gate.take('retry', 11).go).toBe(false);
    expect(gate.heard()).toEqual({ epoch: 3, tick: 2 });
    gate.hear(wordOf(1, { retries: 1 }, { epoch: 4 }), 20);
    expect(gate.take('retry', 21).go).toBe(true);
  });

  it('paces calls evenly over the second, first attempts and retries together', () => {
    const gate = heardGate({ calls: 4, retries: 9 }, { kind: 'throttled', rate: 4 });
    expect(goneIn(gate, 'first', 0, 500)).toEqual([0, 250]);
    expect(goneIn(gate, 'retry', 500, 1_500)).toEqual([500, 750]);
  });

  it('begins where its phase says, so that instances take turns', () => {
    const gate = heardGate({ calls: 2, phase: 0.5, retries: 0 }, { kind: 'throttled', rate: 4 });
    expect(goneIn(gate, 'first', 0, 1_500)).toEqual([250, 750]);
  });

  it('piles up at most a quarter second of what nobody used', () => {
    const gate = heardGate({ calls: 40, retries: 0 }, { kind: 'throttled', rate: 40 });
    expect(goneIn(gate, 'first', 990, 1_000)).toHaveLength(10);
  });

  it('spends a share once: nothing is left 1.5 s after its word', () => {
    const gate = heardGate({ calls: 9, retries: 9 }, { kind: 'throttled', rate: 9 });
    expect(goneIn(gate, 'first', 1_500, 3_000)).toEqual([]);
    expect(heardGate({ retries: 9 }).take('retry', 1_500).go).toBe(false);
  });

  it('holds everything under suppressed and says for how long', () => {
    const gate = heardGate({ calls: 0, retries: 0 }, { kind: 'suppressed', holdMs: 1_400 });
    expect(gate.take('first', 400)).toEqual({ go: false, reason: 'suppressed', againMs: 1_000 });
    expect(gate.state(400)).toMatchObject({ word: 'suppressed', holdMs: 1_000 });
  });

  it('gives back what was taken, once', () => {
    const gate = heardGate({ calls: 1, retries: 1 }, { kind: 'throttled', rate: 1 });
    expect(gate.take('retry', 0).go).toBe(true);
    gate.giveBack('retry', 1);
    gate.giveBack('retry', 1);
    expect(goneIn(gate, 'retry', 2, 1_000)).toHaveLength(1);
  });

  it('lets a retry go for every five first attempts of its own, and keeps one at most', () => {
    const gate = heardGate({ own, retries: 0 });
    expect(goneIn(gate, 'first', 0, 4)).toHaveLength(4);
    expect(gate.take('retry', 4).go).toBe(false);
    goneIn(gate, 'first', 5, 50);
    expect(goneIn(gate, 'retry', 50, 100)).toHaveLength(1);
    gate.take('first', 100);
    gate.giveBack('first', 101);
    goneIn(gate, 'first', 102, 106);
    expect(gate.take('retry', 107).go).toBe(false);
  });

  it('never spends more than its share and its own first attempts paid for, in any window', () => {
    const step = fc.record({ ms: fc.nat(400), kind: fc.constantFrom<CallKind>('first', 'retry') });
    const check = (steps: readonly { ms: number; kind: CallKind }[], bucket: number) => {
      const gate = heardGate({ own: { share: 0.2, bucket }, retries: 0 });
      let now = 0;
      const gone = steps.flatMap(({ ms, kind }) => (gate.take(kind, (now += ms)).go ? [kind] : []));
      for (const [start] of gone.entries()) {
        let level = bucket;
        for (const kind of gone.slice(start)) level += kind === 'first' ? 0.2 : -1;
        expect(level).toBeGreaterThanOrEqual(-1e-6);
      }
    };
    fc.assert(fc.property(fc.array(step, { maxLength: 120 }), fc.integer({ min: 0, max: 5 }), check), {
      seed: 8,
    });
  });
});

describe('a gate that hears nothing for 3 s', () => {
  it('lets first attempts go on when the last word was open', () => {
    const gate = heardGate({ own, retries: 9 }, { aloneMs: 16_000 });
    expect(goneIn(gate, 'first', 3_000, 3_100)).toHaveLength(100);
    expect(goneIn(gate, 'retry', 3_100, 4_000)).toHaveLength(1);
    expect(gate.state(4_000)).toMatchObject({ word: 'silent', reason: expect.stringContaining('4 s') });
  });

  it('gets a retry every 16 s, none at first, and keeps none for later', () => {
    const gate = heardGate({ retries: 9 }, { aloneMs: 16_000 });
    expect(goneIn(gate, 'retry', 1_500, 50_000)).toEqual([16_000, 32_000, 48_000]);
    const idle = heardGate({ retries: 9 }, { aloneMs: 16_000 });
    expect(goneIn(idle, 'retry', 60_000, 66_000)).toEqual([64_000]);
    expect(goneIn(heardGate({ retries: 9 }), 'retry', 1_500, 50_000)).toEqual([]);
  });

  it('keeps to its part of the last rate', () => {
    const others = { b: { calls: 5, retries: 0 } };
    const gate = heardGate({ calls: 5, retries: 0 }, { kind: 'throttled', rate: 10, shares: others });
    expect(goneIn(gate, 'first', 10_000, 20_000)).toHaveLength(50);
  });

  it.each([
    ['suppressed', { holdMs: 8_000 }, 10_000],
    ['probing', {}, 4_000],
    ['throttled', { rate: 50, ramp: true }, 4_000],
  ] as const)('takes turns to call once a second after %s', (kind, more, from) => {
    const shares = { b: { calls: 0, retries: 0 } };
    const [a, b] = ['a', 'b'].map((name) => {
      const gate = createGate(name);
      const word = wordOf(1, { calls: 0, retries: 0 }, { kind, ...more, shares });
      gate.hear(word, -1_000);
      gate.hear({ ...word, tick: 2 }, 0);
      return goneIn(gate, 'first', 1, from + 20_000);
    });
    const all = [...(a ?? []), ...(b ?? [])].sort((x, y) => x - y).filter((at) => at >= from);
    expect(all).toHaveLength(20);
    expect(new Set(all.slice(1).map((at, i) => at - (all[i] ?? 0)))).toEqual(new Set([1_000]));
    expect(Math.min(...(a ?? []), ...(b ?? []))).toBeGreaterThanOrEqual(
      'holdMs' in more ? more.holdMs : 3_000,
    );
  });

  it('holds everything where a person said so', () => {
    const pin = { kind: 'suppressed', by: 'ann', host: 'h', why: 'w', at: 0 } as const;
    const gate = heardGate({ calls: 0, retries: 0 }, { kind: 'suppressed', pin });
    expect(goneIn(gate, 'first', 1_000, 60_000)).toEqual([]);
  });
});
