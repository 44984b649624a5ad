import { type DependencyCounts, dependencyCounts, type LoadSignals, type Report } from './report.ts';

/** Seconds that are kept of each dependency. */
export const WINDOW_S = 30;
/** Instances that are followed at once. A further one takes the longest silent one's place, or is ignored. */
export const INSTANCES_MAX = 256;
/** Dependencies that are followed at once. Further ones are ignored: they get no word, so no retries. */
export const DEPENDENCIES_MAX = 64;
/** An instance that did not report for so long, in milliseconds, asks for nothing. */
export const ABSENT_MS = 5_000;
/** And is forgotten after so long, in milliseconds. */
const FORGOTTEN_MS = 60_000;

type Counted = Exclude<keyof DependencyCounts, `waiting${string}`>;
/** What was counted in some time. */
export type Counts = Readonly<Record<Counted, number>>;

const counted = Object.keys(dependencyCounts.shape).filter(
  (name): name is Counted => !name.startsWith('waiting'),
);
export const noCounts: Counts = Object.fromEntries(counted.map((name) => [name, 0])) as Counts;
const added = (a: Counts, b: Counts, sign = 1): Counts =>
  Object.fromEntries(counted.map((name) => [name, Math.max(0, a[name] + sign * b[name])])) as Counts;

/** One instance, as one dependency sees it. */
export interface InstanceSeen {
  readonly instance: string;
  readonly service: string;
  readonly life: string;
  /** When its last report came. */
  readonly at: number;
  /** Whether it reported within {@link ABSENT_MS}. */
  readonly present: boolean;
  readonly heard: { readonly epoch: number; readonly tick: number } | undefined;
  /** Since its life began. */
  readonly counts: DependencyCounts;
  /** Calls and retries per second, of its last reports. */
  readonly calls: number;
  readonly retries: number;
}

export interface DependencySeen {
  /** By second of arrival, newest first, {@link WINDOW_S} of them; the first is the running second. */
  readonly seconds: readonly Counts[];
  /** Since the window began; never less than before. */
  readonly totals: Counts;
  /** Calls that nobody told the outcome of yet. */
  readonly inFlight: number;
  readonly waitingFirsts: number;
  readonly waitingRetries: number;
  /** As the instance that sees most tells: each tells of its whole service. */
  readonly waitingParked: number;
  readonly instances: readonly InstanceSeen[];
}

/** What a window holds at one time: plain data, for `decide`. */
export interface Seen {
  readonly dependencies: Readonly<Record<string, DependencySeen>>;
  /** By service, the worst of its instances; the offset of the clock without its sign. */
  readonly load: Readonly<Record<string, LoadSignals>>;
}

export interface Window {
  /** Takes a report in. Repeated, late and out of order: counted once. */
  hear(report: Report, now: number): void;
  see(now: number): Seen;
}

interface Instance {
  report: Report;
  at: number;
  /** Lives that are over: their reports come late. */
  readonly over: readonly string[];
  readonly pace: Map<string, { calls: number; retries: number }>;
}

interface Dependency {
  readonly seconds: Map<number, Counts>;
  totals: Counts;
}

const outcomesOf = (c: Counts): number =>
  c.successes + c.rejected + c.transient + c.throttled + c.outage + c.defect;

class SlidingWindow implements Window {
  readonly #instances = new Map<string, Instance>();
  readonly #dependencies = new Map<string, Dependency>();

  hear(report: Report, now: number): void {
    const before = this.#instances.get(report.instance);
    const sameLife = before?.report.life === report.life;
    if (before?.over.includes(report.life) || (sameLife && report.n <= before.report.n)) return;
    if (!before && !this.#makeRoom(now)) return;
    // What an instance did before this window began is unknown; a life that began since counts in full.
    const base = sameLife ? before.report.dependencies : before || report.n <= 3 ? {} : report.dependencies;
    const over =
      !before || sameLife ? (before?.over ?? []) : [before.report.life, ...before.over].slice(0, 3);
    const pace = new Map<string, { calls: number; retries: number }>();
    const seconds = sameLife ? Math.max(1, (now - before.at) / 1_000) : 1;
    for (const [name, counts] of Object.entries(report.dependencies)) {
      const delta = added(counts, base[name] ?? noCounts, -1);
      if (!this.#count(name, delta, now)) continue;
      const old = before?.pace.get(name);
      const smooth = (was: number | undefined, is: number): number => (is / seconds + (was ?? is)) / 2;
      const calls = smooth(old?.calls, delta.firsts + delta.retries);
      pace.set(name, { calls, retries: smooth(old?.retries, delta.retries) });
    }
    this.#instances.set(report.instance, { report, at: now, over, pace });
  }

  see(now: number): Seen {
    this.#forget(now);
    const dependencies = [...this.#dependencies].map(([name, { seconds, totals }]) => {
      const instances = this.#instancesOf(name, now);
      const present = instances.filter((one) => one.present);
      const sum = (what: (counts: DependencyCounts) => number): number =>
        present.reduce((total, one) => total + what(one.counts), 0);
      const seen: DependencySeen = {
        seconds: Array.from(
          { length: WINDOW_S },
          (_, i) => seconds.get(Math.floor(now / 1_000) - i) ?? noCounts,
        ),
        totals,
        inFlight: sum((c) => Math.max(0, c.firsts + c.retries - outcomesOf(c))),
        waitingFirsts: sum((c) => c.waitingFirsts),
        waitingRetries: sum((c) => c.waitingRetries),
        waitingParked: Math.max(0, ...present.map(({ counts }) => counts.waitingParked)),
        instances,
      };
      return [name, seen] as const;
    });
    return { dependencies: Object.fromEntries(dependencies), load: this.#load(now) };
  }

  #count(name: string, delta: Counts, now: number): boolean {
    let dependency = this.#dependencies.get(name);
    if (!dependency) {
      if (this.#dependencies.size >= DEPENDENCIES_MAX) return false;
      this.#dependencies.set(name, (dependency = { seconds: new Map(), totals: noCounts }));
    }
    const second = Math.floor(now / 1_000);
    dependency.seconds.set(second, added(dependency.seconds.get(second) ?? noCounts, delta));
    dependency.totals = added(dependency.totals, delta);
    for (const old of dependency.seconds.keys()) if (old <= second - WINDOW_S) dependency.seconds.delete(old);
    return true;
  }

  #makeRoom(now: number): boolean {
    if (this.#instances.size < INSTANCES_MAX) return true;
    const [longest] = [...this.#instances].sort(([, a], [, b]) => a.at - b.at);
    if (!longest || now - longest[1].at < ABSENT_MS) return false;
    return this.#instances.delete(longest[0]);
  }

  #forget(now: number): void {
    for (const [name, { at }] of this.#instances) if (now - at > FORGOTTEN_MS) this.#instances.delete(name);
    const called = new Set([...this.#instances.values()].flatMap((i) => Object.keys(i.report.dependencies)));
    for (const name of this.#dependencies.keys()) if (!called.has(name)) this.#dependencies.delete(name);
  }

  #instancesOf(name: string, now: number): InstanceSeen[] {
    return [...this.#instances].flatMap(([instance, { report, at, pace }]) => {
      const counts = report.dependencies[name];
      if (!counts) return [];
      const { service, life } = report;
      const { calls, retries } = pace.get(name) ?? { calls: 0, retries: 0 };
      const heard = report.heard[name];
      const present = now - at < ABSENT_MS;
      return [{ instance, service, life, at, present, heard, counts, calls, retries }];
    });
  }

  #load(now: number): Record<string, LoadSignals> {
    const load: Record<string, LoadSignals> = {};
    for (const { report, at } of this.#instances.values()) {
      if (now - at >= ABSENT_MS) continue;
      const { consumerLag, handlingMs, scheduleLateMs, clockOffsetMs, oldestOverdueMs } = report.load;
      const worst = load[report.service];
      load[report.service] = {
        consumerLag: Math.max(consumerLag, worst?.consumerLag ?? 0),
        handlingMs: Math.max(handlingMs, worst?.handlingMs ?? 0),
        scheduleLateMs: Math.max(scheduleLateMs, worst?.scheduleLateMs ?? 0),
        clockOffsetMs: Math.max(Math.abs(clockOffsetMs), worst?.clockOffsetMs ?? 0),
        oldestOverdueMs: Math.max(oldestOverdueMs, worst?.oldestOverdueMs ?? 0),
      };
    }
    return load;
  }
}

/**
 * What instances told in the last {@link WINDOW_S} seconds. Bounded: see {@link INSTANCES_MAX} and
 * {@link DEPENDENCIES_MAX}; an instance is forgotten after a minute of silence, a dependency when no instance
 * names it.
 */
export function createWindow(): Window {
  return new SlidingWindow();
}
