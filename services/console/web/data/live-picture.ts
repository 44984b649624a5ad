import type { Frame, ProcessSeen, ServiceSeen, WordSeen } from '@refrain/console/api';
import { Ring } from './ring.ts';

/** How far back charts reach, in seconds. */
export const SECONDS_KEPT = 180;
/** Most lines of what became different. */
const HAPPENINGS_MAX = 40;
/** Most events of the feed. */
const LATEST_MAX = 16;
/** Frames over which rates are taken: at two a second, the last 5 s. */
const RATE_FRAMES = 10;

/** What happened in one second. */
export interface Second {
  /** Seconds since 1970. */
  readonly at: number;
  readonly events: number;
  readonly failures: number;
  /** As they stood at its end. */
  readonly lag: number;
  readonly held: number;
}

export interface Happening {
  readonly id: number;
  readonly at: string;
  readonly about: string;
  readonly says: string;
  readonly tone: 'good' | 'warn' | 'bad' | 'held' | 'quiet';
}

export type LatestEvent = Frame['latest'][number] & { readonly id: number };

export interface Live {
  readonly latest: readonly LatestEvent[];
  readonly seconds: readonly Second[];
  /** Events a second of each type, over the last 5 s. */
  readonly rates: ReadonlyMap<string, number>;
  readonly services: readonly ServiceSeen[];
  readonly words: readonly WordSeen[];
  readonly processes: readonly ProcessSeen[];
  readonly happenings: readonly Happening[];
  /** When the last frame came, ISO 8601. */
  readonly at: string | undefined;
}

const wordTones = { open: 'good', throttled: 'warn', suppressed: 'held', probing: 'warn' } as const;
const toneOfWord = (kind: string) => wordTones[kind as keyof typeof wordTones] ?? 'quiet';
const processTones = { ready: 'good', starting: 'quiet', restarting: 'bad', stopped: 'bad' } as const;

const sum = (numbers: Iterable<number>): number => {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
};
/** A name in a frame begins with its service's. */
const failuresIn = (events: Frame['events']): number =>
  sum(Object.entries(events).map(([name, count]) => (name.endsWith('.refrain.AttemptFailed') ? count : 0)));

/** Folds frames into what pages show. Everything in it has a fixed size. */
export class LivePicture {
  readonly #seconds = new Ring<Second>(SECONDS_KEPT);
  readonly #frames = new Ring<Frame>(RATE_FRAMES);
  readonly #happenings = new Ring<Happening>(HAPPENINGS_MAX);
  readonly #latest = new Ring<LatestEvent>(LATEST_MAX);
  #services: readonly ServiceSeen[] = [];
  #words: readonly WordSeen[] = [];
  #processes: readonly ProcessSeen[] = [];
  #nextId = 1;
  live: Live = this.#picture();

  take(frame: Frame): void {
    this.#frames.push(frame);
    if (frame.words) this.#takeWords(frame.words, frame.at);
    if (frame.processes) this.#takeProcesses(frame.processes, frame.at);
    this.#services = frame.services ?? this.#services;
    this.#takeSecond(frame);
    for (const event of frame.latest) this.#latest.push({ ...event, id: this.#nextId++ });
    this.live = this.#picture();
  }

  #takeSecond(frame: Frame): void {
    const at = Math.floor(Date.parse(frame.at) / 1000);
    const last = this.#seconds.last;
    const before = last?.at === at ? last : { events: 0, failures: 0 };
    const second: Second = {
      at,
      events: before.events + sum(Object.values(frame.events)),
      failures: before.failures + failuresIn(frame.events),
      lag: sum(this.#services.map(({ lag }) => lag)),
      held: sum(this.#words.map(({ held }) => held)),
    };
    if (last?.at === at) this.#seconds.replaceLast(second);
    else this.#seconds.push(second);
  }

  #takeWords(words: readonly WordSeen[], at: string): void {
    for (const word of words) {
      const before = this.#words.find(({ dependency }) => dependency === word.dependency);
      if (before && (before.kind !== word.kind || before.pinned !== word.pinned))
        this.#tell(at, word.dependency, `${word.kind}: ${word.reason}`, toneOfWord(word.kind));
    }
    this.#words = words;
  }

  #takeProcesses(processes: readonly ProcessSeen[], at: string): void {
    for (const { name, status } of processes) {
      const before = this.#processes.find((process) => process.name === name);
      if (before && before.status !== status) this.#tell(at, name, `is ${status}`, processTones[status]);
    }
    this.#processes = processes;
  }

  #tell(at: string, about: string, says: string, tone: Happening['tone']): void {
    this.#happenings.push({ id: this.#nextId++, at, about, says, tone });
  }

  #picture(): Live {
    const ms = sum(this.#frames.items.map((frame) => frame.ms));
    const counts = new Map<string, number>();
    for (const { events } of this.#frames.items)
      for (const [type, count] of Object.entries(events)) counts.set(type, (counts.get(type) ?? 0) + count);
    return {
      latest: this.#latest.items,
      seconds: this.#seconds.items,
      rates: new Map([...counts].map(([type, count]) => [type, ms === 0 ? 0 : (count * 1000) / ms])),
      services: this.#services,
      words: this.#words,
      processes: this.#processes,
      happenings: this.#happenings.items,
      at: this.#frames.last?.at,
    };
  }
}
