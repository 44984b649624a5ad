import { hash } from '@refrain/contract-kit';
import { messageOf } from '@refrain/errors';
import type { DurableRef } from '@refrain/event-log';
import { type CallKind, type CallOutcome, type DependencyCounts, nothingCounted } from '@refrain/governor';
import type { Gatekeeper } from './gatekeeper.ts';
import type { LoadMeter } from './load.ts';
import type { Ports } from './ports.ts';
import { Wake } from './wake.ts';

/** How often an instance tells what it did, in milliseconds. */
const REPORT_EVERY_MS = 1_000;

/** How often the broker is asked for what waits and what time it is, in milliseconds. */
const ASK_EVERY_MS = 5_000;

const counterOf: Readonly<Record<CallOutcome, keyof DependencyCounts>> = {
  success: 'successes',
  rejected: 'rejected',
  transient: 'transient',
  throttled: 'throttled',
  outage: 'outage',
  defect: 'defect',
};

export interface ReporterParts {
  readonly ports: Ports;
  readonly service: string;
  readonly instance: string;
  readonly dependencies: readonly string[];
  readonly durables: readonly DurableRef[];
  readonly gatekeeper: Gatekeeper;
  readonly load: LoadMeter;
  /** How many operations of each dependency are due and wait parked, as the own log says. */
  readonly parked: (now: number) => Promise<ReadonlyMap<string, number>>;
}

/** Counts what this process asks of the world, and tells the governor once a second. */
export class Reporter {
  readonly #parts: ReporterParts;
  readonly #counts: ReadonlyMap<string, ReturnType<typeof nothingCounted>>;
  readonly #life: string;
  readonly #wake: Wake;
  readonly #asking = new Set<string>();
  /** As of the last answer. */
  #parked: ReadonlyMap<string, number> = new Map();
  #n = 0;
  #stopped = false;

  constructor(parts: ReporterParts) {
    this.#parts = parts;
    this.#counts = new Map(parts.dependencies.map((name) => [name, nothingCounted()]));
    const { chance } = parts.ports;
    this.#life = hash(parts.instance, String(chance()), String(chance())).slice(0, 12);
    this.#wake = new Wake(parts.ports.clock);
  }

  /** A call begins. */
  called(dependency: string, kind: CallKind): void {
    const counts = this.#counts.get(dependency);
    if (counts) counts[kind === 'first' ? 'firsts' : 'retries']++;
  }

  /** A call is over. */
  answered(dependency: string, outcome: CallOutcome, ms: number): void {
    const counts = this.#counts.get(dependency);
    if (!counts) return;
    counts[counterOf[outcome]]++;
    counts.latencyMs += Math.max(0, ms);
  }

  async run(): Promise<void> {
    const { ports } = this.#parts;
    if (!ports.governing) return;
    let askAt = ports.clock.now();
    while (!this.#stopped) {
      // A broker that is slow to answer must not make this instance look absent: the report goes on time.
      if (ports.clock.now() >= askAt) {
        askAt = ports.clock.now() + ASK_EVERY_MS;
        this.#askOnce('load', () => this.#askBroker());
      }
      this.#askOnce('parked', () => this.#countParked());
      this.#report(this.#parked);
      await this.#wake.sleep(REPORT_EVERY_MS);
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#wake.wake();
  }

  /** One question of a kind at a time. */
  #askOnce(what: string, ask: () => Promise<void>): void {
    if (this.#asking.has(what)) return;
    this.#asking.add(what);
    void ask().finally(() => this.#asking.delete(what));
  }

  /** Counted while calls are held back only: then the governor has to know when all are through. */
  async #countParked(): Promise<void> {
    const { gatekeeper, ports, parked } = this.#parts;
    const isFree = [...gatekeeper.lines()].every(({ word }) => word === 'open' || word === 'silent');
    if (isFree) this.#parked = new Map();
    if (isFree) return;
    try {
      this.#parked = await parked(ports.clock.now());
    } catch (error) {
      ports.logger.debug({ error: messageOf(error) }, 'the log did not tell what is parked');
    }
  }

  #report(parked: ReadonlyMap<string, number>): void {
    const { ports, service, instance, gatekeeper, load } = this.#parts;
    const heard: Record<string, { epoch: number; tick: number }> = {};
    for (const line of gatekeeper.lines()) {
      if (line.heard) heard[line.dependency] = line.heard;
      const counts = this.#counts.get(line.dependency);
      if (!counts) continue;
      [counts.waitingFirsts, counts.waitingRetries] = [line.firsts, line.retries];
      counts.waitingParked = parked.get(line.dependency) ?? 0;
    }
    const dependencies = Object.fromEntries([...this.#counts].map(([name, counts]) => [name, { ...counts }]));
    const names = { service, instance, life: this.#life, n: ++this.#n };
    ports.governing?.report({ v: 1, ...names, heard, dependencies, load: load.take() });
  }

  /** A broker that does not answer leaves the last figures standing; its silence shows elsewhere. */
  async #askBroker(): Promise<void> {
    const { ports, durables, service, load } = this.#parts;
    try {
      let lag = 0;
      for (const ref of durables) lag += await ports.log.lag(ref);
      load.consumerLag = lag;
      load.clockOffsetMs = await ports.log.clockOffset(service);
    } catch (error) {
      ports.logger.debug({ error: messageOf(error) }, 'the broker did not tell its load');
    }
  }
}
