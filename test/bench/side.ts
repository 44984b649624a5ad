import type { BenchOrder, Target } from './load.ts';
import type { PrivateBroker } from './private-broker.ts';
import type { Worker } from './processes.ts';

/** One of the two ways to do the same work, running on a broker of its own. */
export interface Side extends Target {
  readonly workers: readonly Worker[];
  /** How many messages stand in the streams of events. */
  messages(): Promise<number>;
  /** What is wrong once all of these have ended; empty when each ended as it should and the stock adds up. */
  problems(orders: readonly BenchOrder[]): Promise<string[]>;
  stop(): Promise<void>;
}

/** Makes what the side needs on a fresh broker, and starts its four workers. */
export type StartSide = (broker: PrivateBroker) => Promise<Side>;

/** By hand, Refrain without telemetry, with every trace told, and with one in ten and each retry. */
export const SIDES = ['plain', 'refrain', 'traced', 'sampled'] as const;
export type SideName = (typeof SIDES)[number];

/** What differs between what was counted and what should be there. */
export function differences(
  expected: Readonly<Record<string, number>>,
  actual: Readonly<Record<string, number>>,
): string[] {
  return Object.entries(expected)
    .filter(([name, count]) => (actual[name] ?? 0) !== count)
    .map(([name, count]) => `${name}: expected ${count}, found ${actual[name] ?? 0}`);
}
