import { decide, type Decided, resume } from './decide.ts';
import { createGate } from './gate.ts';
import { type Policy, policy as policySchema } from './policy.ts';
import type { CallKind, Gate } from './ports.ts';
import {
  type CallOutcome,
  type DependencyCounts,
  type LoadSignals,
  nothingCounted,
  report,
} from './report.ts';
import { createWindow } from './window.ts';
import { type Pin, word as wordSchema, type Word } from './word.ts';

/** Milliseconds per step of virtual time. */
const STEP = 5;
const DEPENDENCY = 'psp';

export interface DependencyNow {
  /** Share of calls that fail, and as what. */
  readonly failing?: number;
  readonly as?: CallOutcome;
  /** Calls per second; more are answered as `throttled`. */
  readonly capacity?: number;
  readonly latencyMs?: number;
}

/** A shop on virtual time. Times are in milliseconds. */
export interface Model {
  readonly seed: number;
  readonly seconds: number;
  readonly instances: number;
  /** New operations per second. */
  readonly offered: (at: number) => number;
  readonly dependency?: ((at: number) => DependencyNow) | undefined;
  /** Share of messages that are lost, and how late the others are at most. */
  readonly loss?: number;
  readonly delayMs?: number;
  /** From when to when each governor lives; each takes the next epoch. */
  readonly governors?: readonly (readonly [number, number])[];
  /** Whether a governor knows what the one before said last. */
  readonly forgetful?: boolean;
  readonly load?: (at: number) => Partial<LoadSignals>;
  readonly policy?: (at: number) => Policy;
  readonly pins?: (at: number) => Readonly<Record<string, Pin>>;
  /** When each instance is there; always, if absent. */
  readonly alive?: (instance: number, at: number) => boolean;
}

export interface Call {
  readonly at: number;
  readonly kind: CallKind;
  readonly instance: number;
  readonly answeredAt: number;
  readonly outcome: CallOutcome;
}

export interface Run {
  readonly calls: readonly Call[];
  readonly words: readonly { readonly at: number; readonly word: Word }[];
  readonly arrived: number;
  readonly waiting: number;
}

const quiet: LoadSignals = {
  consumerLag: 0,
  handlingMs: 5,
  scheduleLateMs: 0,
  clockOffsetMs: 0,
  oldestOverdueMs: 0,
};

function randomOf(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

interface Instance {
  readonly index: number;
  gate: Gate;
  life: number;
  n: number;
  counts: Record<keyof DependencyCounts, number>;
  readonly phase: number;
  readonly skew: number;
  up: boolean;
}

interface Operation {
  attempts: number;
  /** Whom it waits at, and in which life. */
  waits?: { readonly instance: Instance; readonly life: number } | undefined;
}

class Shop {
  readonly #model: Model;
  readonly #random: () => number;
  readonly #agenda = new Map<number, (() => void)[]>();
  readonly #instances: Instance[];
  readonly calls: Call[] = [];
  readonly words: { at: number; word: Word }[] = [];
  arrived = 0;
  settled = 0;
  now = 0;
  #owed = 0;
  #capacity = 0;
  #hears: ((text: string) => void)[] = [];

  constructor(model: Model) {
    this.#model = model;
    this.#random = randomOf(model.seed);
    this.#instances = Array.from({ length: model.instances }, (_, index) => ({
      index,
      gate: createGate(`i-${index}`),
      life: 1,
      n: 0,
      counts: nothingCounted(),
      phase: Math.floor((this.#random() * 1_000) / STEP) * STEP,
      skew: Math.floor(this.#random() * 10_000) - 5_000,
      up: true,
    }));
    for (const [i, [from, to]] of (model.governors ?? [[0, Infinity]]).entries())
      this.#govern(i + 1, from, to);
    for (const one of this.#instances) this.#at(one.phase, () => this.#report(one));
  }

  run(): Run {
    const { seconds, offered, dependency } = this.#model;
    for (; this.now < seconds * 1_000; this.now += STEP) {
      const { capacity } = dependency?.(this.now) ?? {};
      if (capacity !== undefined)
        this.#capacity = Math.min(Math.max(1, capacity / 5), this.#capacity + (capacity * STEP) / 1_000);
      this.#arrive((offered(this.now) * STEP) / 1_000);
      for (const act of this.#agenda.get(this.now) ?? []) act();
      this.#agenda.delete(this.now);
    }
    const { calls, words, arrived } = this;
    return { calls, words, arrived, waiting: arrived - this.settled };
  }

  #at(at: number, act: () => void): void {
    const step = Math.max(this.now + STEP, Math.ceil(at / STEP) * STEP);
    const acts = this.#agenda.get(step);
    if (acts) acts.push(act);
    else this.#agenda.set(step, [act]);
  }

  #send(deliver: () => void): void {
    const { loss = 0, delayMs = 20 } = this.#model;
    if (this.#random() >= loss) this.#at(this.now + this.#random() * delayMs, deliver);
  }

  #arrive(count: number): void {
    this.#owed += count * (0.5 + this.#random());
    for (; this.#owed >= 1; this.#owed--) {
      this.arrived++;
      this.#ask({ attempts: 0 });
    }
  }

  #stopWaiting(operation: Operation, kind: CallKind): void {
    const { waits } = operation;
    if (waits && waits.instance.life === waits.life)
      waits.instance.counts[kind === 'first' ? 'waitingFirsts' : 'waitingRetries']--;
    operation.waits = undefined;
  }

  /** Any instance may get the delivery. */
  #ask(operation: Operation): void {
    const kind = operation.attempts > 0 ? 'retry' : 'first';
    this.#stopWaiting(operation, kind);
    const up = this.#instances.filter((one) => one.up);
    const instance = up[Math.floor(this.#random() * up.length)];
    if (!instance) return this.#at(this.now + 500, () => this.#ask(operation));
    const leave = instance.gate.take(kind, this.now + instance.skew);
    if (leave.go) return this.#call(operation, kind, instance);
    instance.counts[kind === 'first' ? 'waitingFirsts' : 'waitingRetries']++;
    operation.waits = { instance, life: instance.life };
    this.#at(this.now + leave.againMs, () => this.#ask(operation));
  }

  #outcome({ failing = 0, as = 'transient', capacity }: DependencyNow): CallOutcome {
    if (this.#random() < failing) return as;
    if (capacity === undefined) return 'success';
    if (this.#capacity < 1) return 'throttled';
    this.#capacity--;
    return 'success';
  }

  #call(operation: Operation, kind: CallKind, instance: Instance): void {
    const is = this.#model.dependency?.(this.now) ?? {};
    const outcome = this.#outcome(is);
    const tookMs = (is.latencyMs ?? 40) * (0.5 + this.#random());
    const { life, counts } = instance;
    operation.attempts++;
    counts[kind === 'first' ? 'firsts' : 'retries']++;
    this.calls.push({ at: this.now, kind, instance: instance.index, answeredAt: this.now + tookMs, outcome });
    this.#at(this.now + tookMs, () => {
      if (instance.life === life) {
        counts[outcome === 'success' ? 'successes' : outcome]++;
        counts.latencyMs += tookMs;
      }
      if (outcome === 'success' || operation.attempts >= 10) {
        this.settled++;
        return;
      }
      const backoffMs = Math.min(8_000, 200 * 2 ** operation.attempts) * (1 + this.#random() / 2);
      this.#at(this.now + backoffMs, () => this.#ask(operation));
    });
  }

  #report(one: Instance): void {
    this.#at(this.now + 1_000, () => this.#report(one));
    const up = this.#model.alive?.(one.index, this.now) ?? true;
    if (up && !one.up) {
      one.life++;
      one.n = 0;
      one.counts = nothingCounted();
      one.gate = createGate(`i-${one.index}`);
    }
    one.up = up;
    if (!up) return;
    const heard = one.gate.heard();
    const told = report.parse({
      v: 1,
      service: 'payments',
      instance: `i-${one.index}`,
      life: `life-${one.life}`,
      n: ++one.n,
      heard: heard ? { [DEPENDENCY]: heard } : {},
      dependencies: { [DEPENDENCY]: one.counts },
      load: { ...quiet, ...this.#model.load?.(this.now) },
    });
    const text = JSON.stringify(told);
    for (const hear of this.#hears) this.#send(() => hear(text));
  }

  #govern(epoch: number, from: number, to: number): void {
    const window = createWindow();
    let decided: Decided | undefined;
    const tick = (): void => {
      if (this.now >= to) return;
      this.#at(this.now + 1_000, tick);
      const last = this.words.at(-1)?.word;
      if (!decided && last && !this.#model.forgetful) decided = resume([last], epoch, this.now);
      const conditions = {
        policy: this.#model.policy?.(this.now) ?? policySchema.parse({}),
        pins: this.#model.pins?.(this.now) ?? {},
        epoch,
        now: this.now,
      };
      const { words, after } = decide(decided, window.see(this.now), conditions);
      decided = JSON.parse(JSON.stringify(after)) as Decided;
      for (const word of words) this.#say(wordSchema.parse(word));
    };
    this.#at(from, () => {
      this.#hears.push((text) => window.hear(report.parse(JSON.parse(text)), this.now));
      tick();
    });
  }

  #say(word: Word): void {
    this.words.push({ at: this.now, word });
    for (const one of this.#instances) this.#send(() => one.up && one.gate.hear(word, this.now + one.skew));
  }
}

export const runModel = (model: Model): Run => new Shop(model).run();
