import { describe, expect, it } from 'vitest';
import { decide, type Decided } from './decide.ts';
import { defaultPolicy } from './policy.ts';
import { type DependencyCounts, type LoadSignals, nothingCounted, report } from './report.ts';
import { createWindow } from './window.ts';
import { type Word, word } from './word.ts';

interface Second {
  readonly firsts: number;
  readonly failed?: number;
  readonly retries?: number;
  readonly load?: Partial<LoadSignals>;
  readonly more?: Partial<DependencyCounts>;
}

/** One governor and one instance that tells it, each second, what `second` says. */
function run(
  seconds: number,
  second: (s: number, last: Word | undefined) => Second,
  clock = (s: number) => s * 1_000,
) {
  const window = createWindow();
  let decided: Decided | undefined;
  const counts = nothingCounted();
  const words: Word[] = [];
  for (let s = 1; s <= seconds; s++) {
    const now = 1_750_000_000_000 + clock(s);
    const last = words.at(-1);
    const { firsts, retries = 0, failed = 0, load, more } = second(s, last);
    counts.firsts += firsts;
    counts.retries += retries;
    counts.transient += failed;
    counts.successes += firsts + retries - failed;
    const told = report.parse({
      v: 1,
      service: 'payments',
      instance: 'i',
      life: 'l',
      n: s,
      heard: last ? { psp: { epoch: 1, tick: last.tick } } : {},
      dependencies: { psp: { ...counts, ...more } },
      load: {
        consumerLag: 0,
        handlingMs: 5,
        scheduleLateMs: 0,
        clockOffsetMs: 0,
        oldestOverdueMs: 0,
        ...load,
      },
    });
    window.hear(told, now);
    const { words: said, after } = decide(decided, window.see(now), {
      policy: defaultPolicy,
      pins: {},
      epoch: 1,
      now,
    });
    decided = after;
    words.push(said[0] as Word);
  }
  return words;
}

const unreadable = (words: readonly Word[]): number =>
  words.findIndex((one) => !word.safeParse(JSON.parse(JSON.stringify(one))).success);

describe('a word can be read by those it is for', () => {
  it('also when a third of calls has failed for an hour', () => {
    const words = run(3_600, () => ({ firsts: 30, failed: 10 }));
    expect(unreadable(words)).toBe(-1);
  });

  it('also when a clock has been two seconds off for an hour', () => {
    const words = run(3_600, () => ({ firsts: 30, load: { clockOffsetMs: 2_000 } }));
    expect(unreadable(words)).toBe(-1);
  });

  it('and half an operation that waits is refused at the door, for no word could say it', () => {
    expect(() => run(1, () => ({ firsts: 30, more: { waitingFirsts: 0.5 } }))).toThrow('waitingFirsts');
  });
});

describe("a governor's clock that goes back ten minutes", () => {
  it('holds nothing for longer than a policy holds it', () => {
    const words = run(
      60,
      (s) => (s > 10 && s < 20 ? { firsts: 20, failed: 20 } : { firsts: 0 }),
      (s) => s * 1_000 - (s >= 15 ? 600_000 : 0),
    );
    expect(Math.max(...words.map(({ holdMs = 0 }) => holdMs))).toBeLessThanOrEqual(
      defaultPolicy.suppress.maxMs + 1_000,
    );
    expect(words.at(-1)?.kind).not.toBe('suppressed');
  });
});
