import {
  createWindow,
  decide,
  type Decided,
  type Policy,
  type Report,
  resume,
  type Word,
} from '@refrain/governor';
import { dependencyName, type Pins } from './bucket.ts';

/** An instance that has reported of late. */
export interface InstanceSeen {
  readonly service: string;
  readonly instance: string;
  /** When its last report came. */
  readonly heardAt: number;
  readonly load: Report['load'];
}

/** Retries of all instances in the last 10 s, and how many there may be. */
export interface BudgetUse {
  readonly dependency: string;
  readonly used: number;
  readonly allowed: number;
}

/** What a governor knows of the world, and what it makes of it. It does no I/O. `now`: its wall clock. */
export interface Outlook {
  hear(report: Report, now: number): void;
  /** Begins a term where the one before ended, whoever spoke in it: with the last word on each dependency. */
  begin(words: readonly Word[], epoch: number, now: number): void;
  /** One word on each dependency that is known. They count as spoken, so each is asked for once. */
  decide(on: { policy: Policy; pins: Pins; epoch: number; now: number }): readonly Word[];
  /** Every dependency that somebody reports. */
  dependencies(now: number): string[];
  instances(now: number): InstanceSeen[];
  budgets(policy: Policy, now: number): BudgetUse[];
}

const BUDGET_S = 10;
/** An instance that said nothing for so long, in milliseconds, is no longer shown. */
const FORGOTTEN_MS = 60_000;
/** Instances that are shown at once; of more the longest silent are left out. */
const INSTANCES_MAX = 256;

const isName = (name: string): boolean => dependencyName.safeParse(name).success;

export function createOutlook(): Outlook {
  const window = createWindow();
  const instances = new Map<string, InstanceSeen>();
  let before: Decided | undefined;
  return {
    hear(report, now) {
      const { service, instance, load } = report;
      // A name that could not be stored would hold up the words on all others.
      const named = Object.entries(report.dependencies).filter(([name]) => isName(name));
      window.hear({ ...report, dependencies: Object.fromEntries(named) }, now);
      // Deleted first, so that who spoke last stands last.
      instances.delete(instance);
      instances.set(instance, { service, instance, load, heardAt: now });
      const [longest] = instances.keys();
      if (instances.size > INSTANCES_MAX && longest !== undefined) instances.delete(longest);
    },
    begin(words, epoch, now) {
      before = resume(words, epoch, now);
    },
    decide(on) {
      const { words, after } = decide(before, window.see(on.now), on);
      before = after;
      return words;
    },
    dependencies: (now) => Object.keys(window.see(now).dependencies),
    instances: (now) =>
      [...instances.values()]
        .filter(({ heardAt }) => now - heardAt < FORGOTTEN_MS)
        .sort((a, b) => (a.instance < b.instance ? -1 : 1)),
    budgets: ({ budget }, now) =>
      Object.entries(window.see(now).dependencies).map(([dependency, { seconds }]) => {
        const latest = seconds.slice(0, BUDGET_S);
        const sum = (what: 'firsts' | 'retries'): number =>
          latest.reduce((total, second) => total + second[what], 0);
        const allowed = Math.floor(budget.share * sum('firsts')) + budget.more;
        return { dependency, used: sum('retries'), allowed };
      }),
  };
}
