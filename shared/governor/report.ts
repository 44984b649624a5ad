import type { FailureClass } from '@refrain/contract-kit';
import { z } from 'zod';

const count = z.number().min(0);
/** How many wait. More than this nobody tells in earnest, and a part of one cannot wait. */
const whole = z.int().min(0).max(1_000_000_000);

/**
 * What one instance did to one dependency. Counts are since the instance began, so a report that is lost
 * loses nothing; `waiting…` are how many wait for leave now.
 */
export const dependencyCounts = z.strictObject({
  /** Calls that were the first of their operation, and calls that were not. */
  firsts: count,
  retries: count,
  successes: count,
  /** Answers such as a declined card: the dependency works. */
  rejected: count,
  transient: count,
  throttled: count,
  outage: count,
  defect: count,
  /** Milliseconds that all answered calls took together. */
  latencyMs: count,
  waitingFirsts: whole,
  waitingRetries: whole,
  /** Of the whole service: operations that are due and wait parked, whoever parked them. */
  waitingParked: whole,
});
export type DependencyCounts = z.output<typeof dependencyCounts>;

const countNames = Object.keys(dependencyCounts.shape) as (keyof DependencyCounts)[];

/** What an instance that has just begun has to tell. A new object each time, for who counts on in it. */
export const nothingCounted = (): { -readonly [Name in keyof DependencyCounts]: number } =>
  Object.fromEntries(countNames.map((name) => [name, 0])) as Record<keyof DependencyCounts, number>;

/** How loaded an instance is, and how far what it sees has drifted from what should be. */
export const loadSignals = z.strictObject({
  /** Messages that wait in the service's durables. */
  consumerLag: count,
  /** Milliseconds that a delivery took to be handled, the slowest twentieth of the last second. */
  handlingMs: count,
  /** Milliseconds that the last alarms came after they were due, the latest of the last second. */
  scheduleLateMs: count,
  /** Milliseconds that this machine's clock is ahead of the broker's; behind it: below 0. */
  clockOffsetMs: z.number(),
  /** Milliseconds by which the oldest open operation is overdue. What waits for a human does not count. */
  oldestOverdueMs: count,
});
export type LoadSignals = z.output<typeof loadSignals>;

/** What one instance tells once a second. It travels as JSON and may be lost. */
export const report = z.strictObject({
  v: z.literal(1),
  service: z.string(),
  instance: z.string(),
  /** Drawn when the instance began: the same name with another life counts from 0 again. */
  life: z.string(),
  /** 1, 2, 3 … of this life. */
  n: z.int().min(1),
  /** The last word it heard of each dependency, as `epoch.tick`: later grants cannot have been used yet. */
  heard: z.record(z.string(), z.strictObject({ epoch: z.int(), tick: z.int() })),
  dependencies: z.record(z.string(), dependencyCounts),
  load: loadSignals,
});
export type Report = z.output<typeof report>;

/** What became of a call, as it is counted. */
export type CallOutcome = 'success' | FailureClass;
