import type { GovernorStore } from '@refrain/governor';
import { type Change, change, changeKey, parsed } from './bucket.ts';

const TRIES = 5;

/**
 * Adds a line to a dependency's history. Governors and doors write to it at once: who is too late looks
 * again. After five times the line is missing, which harms nobody: words and pins stand elsewhere.
 */
export async function recordChange(store: GovernorStore, dependency: string, line: Change): Promise<void> {
  const key = changeKey(dependency);
  for (let tries = 0; tries < TRIES; tries++) {
    const before = (await store.read(key))?.revision ?? 0;
    if ((await store.write(key, JSON.stringify(line), before)) !== undefined) return;
  }
}

/** The latest lines, newest first. What this governor cannot read is left out. */
export async function historyOf(store: GovernorStore, dependency: string, limit: number): Promise<Change[]> {
  const kept = await store.history(changeKey(dependency), limit);
  return kept.flatMap(({ value }) => {
    const read = parsed(change, value);
    return read ? [read] : [];
  });
}
