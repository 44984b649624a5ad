import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Database } from './database.ts';

/** What every sandbox's faults have in common. */
export const faultFields = {
  /** Chance of the mode per call, 0 to 1. Default 1: it strikes every call. */
  rate: z.number().min(0).max(1).default(1),
  /** How long `slow` and `in_progress` take, in milliseconds. Default 1,000. */
  delayMs: z.int().min(0).max(600_000).default(1_000),
  /** Calls per second before the sandbox throttles, whatever the mode; it allows a burst of one second. */
  capacityPerS: z.number().positive().max(1_000_000).optional(),
  /** Where chance begins. The same seed and the same order of calls strike the same calls. Default 1. */
  seed: z.int().min(0).default(1),
  /** How long `gone` lasts, in milliseconds; then the mode is `none` again. Default 10,000. */
  forMs: z.int().min(1).max(600_000).default(10_000),
};

export interface CommonFaults {
  readonly mode: string;
  readonly rate: number;
  readonly capacityPerS?: number | undefined;
  readonly seed: number;
  readonly forMs: number;
}

/** The fault that is set. Stored, with the count of its draws, so that a restart goes on where it was. */
export interface Faults<Set extends CommonFaults> {
  read(): Set;
  /** Sets the fault and counts its draws from zero again. */
  write(faults: Set): void;
  /** What strikes a call made now: the mode, `throttle` over capacity, or `none`. Counts one draw. */
  strike(): Set['mode'] | 'throttle' | 'none';
  /** Ends a `gone`: the mode is `none`, all else stays as it was set. */
  comeBack(): void;
  /** How long the port still has to stay closed, in milliseconds; 0 when it is open. */
  awayMs(): number;
}

/** The table `createFaults` needs. */
export const faultTables = `
  CREATE TABLE IF NOT EXISTS faults (id INTEGER PRIMARY KEY CHECK (id = 1), faults TEXT NOT NULL,
    draws INTEGER NOT NULL, setAtMs INTEGER NOT NULL) STRICT;`;

export function createFaults<Set extends CommonFaults>(
  database: Database,
  { schema, now }: { schema: z.ZodType<Set>; now: () => number },
): Faults<Set> {
  const { sqlite } = database;
  const stored = sqlite.prepare('SELECT faults, draws, setAtMs FROM faults').get();
  let current = schema.parse(stored ? JSON.parse(String(stored['faults'])) : { mode: 'none' });
  let draws = Number(stored?.['draws'] ?? 0);
  let setAtMs = Number(stored?.['setAtMs'] ?? 0);
  let bucket = createBucket(current.capacityPerS, now);
  const count = sqlite.prepare('UPDATE faults SET draws = ?');
  const replace = sqlite.prepare(
    'INSERT OR REPLACE INTO faults (id, faults, draws, setAtMs) VALUES (1, ?, 0, ?)',
  );
  const write = (faults: Set) => {
    replace.run(JSON.stringify(faults), now());
    [current, draws, setAtMs] = [faults, 0, now()];
    bucket = createBucket(faults.capacityPerS, now);
  };
  return {
    read: () => current,
    write,
    comeBack() {
      if (current.mode === 'gone') write({ ...current, mode: 'none' });
    },
    strike() {
      if (!bucket.take()) return 'throttle';
      // With a capacity set, `throttle` means that capacity and nothing else.
      if (current.mode === 'none' || current.mode === 'gone') return 'none';
      if (current.mode === 'throttle' && current.capacityPerS !== undefined) return 'none';
      draws += 1;
      count.run(draws);
      return chanceOf(current.seed, draws) < current.rate ? current.mode : 'none';
    },
    awayMs: () => (current.mode === 'gone' ? Math.max(0, setAtMs + current.forMs - now()) : 0),
  };
}

/** A number in [0, 1) that depends on nothing but the seed and how many draws there were. */
function chanceOf(seed: number, draw: number): number {
  return createHash('sha256').update(`${seed}:${draw}`).digest().readUIntBE(0, 6) / 2 ** 48;
}

/**
 * Tokens for one second at most, full at first; a restart fills it again, since it is not worth a write per
 * call.
 */
function createBucket(capacityPerS: number | undefined, now: () => number): { take(): boolean } {
  if (capacityPerS === undefined) return { take: () => true };
  const size = Math.max(1, capacityPerS);
  let tokens = size;
  let filledAtMs = now();
  return {
    take() {
      tokens = Math.min(size, tokens + ((now() - filledAtMs) / 1_000) * capacityPerS);
      filledAtMs = now();
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
