import { type Frame, WORD_MS_MAX } from '@refrain/console/api';
import type { Standing } from './standing.ts';

/** A frame at least so often, in milliseconds: how a listener knows that the line is alive. */
export const SILENT_MS_MAX = 5_000;

/** What a frame is made of. */
export interface Now {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly counts: ReadonlyMap<string, number>;
  readonly latest: Frame['latest'];
  /** Missing where the shop could not be asked. */
  readonly standing: Pick<Standing, 'services' | 'words' | 'processes'> | undefined;
}

/** Makes frames: each says what is different from the one before. Pure but for what it remembers of that. */
export class Frames {
  #before: { at: number; counts: ReadonlyMap<string, number> } | undefined;
  #told: Partial<Record<'services' | 'words' | 'processes', string>> = {};

  /** The next frame says how everything stands, for who has just come. */
  tellAll(): void {
    this.#told = {};
  }

  /** `undefined` where nothing is different and it is not yet time to say so. */
  next({ at, counts, latest, standing }: Now): Frame | undefined {
    const before = this.#before;
    const events = before ? grown(before.counts, counts) : {};
    const changed = standing ? this.#changed(standing) : {};
    const isSilent = Object.keys(events).length === 0 && Object.keys(changed).length === 0;
    if (before && isSilent && at - before.at < SILENT_MS_MAX) return undefined;
    this.#before = { at, counts: new Map(counts) };
    return { at: new Date(at).toISOString(), ms: before ? at - before.at : 0, events, latest, ...changed };
  }

  #changed(standing: NonNullable<Now['standing']>): Pick<Frame, 'services' | 'words' | 'processes'> {
    const parts = {
      services: [...standing.services],
      words: [...standing.words],
      processes: [...standing.processes],
    };
    // How long ago a word was said differs each time and tells nothing, unless nobody speaks any more.
    const words = parts.words.map(({ saidAgoMs, ...word }) => ({
      ...word,
      silent: saidAgoMs >= WORD_MS_MAX,
    }));
    const texts = {
      services: JSON.stringify(parts.services),
      words: JSON.stringify(words),
      processes: JSON.stringify(parts.processes),
    };
    const told = this.#told;
    this.#told = texts;
    return {
      ...(told.services !== texts.services && { services: parts.services }),
      ...(told.words !== texts.words && { words: parts.words }),
      ...(told.processes !== texts.processes && { processes: parts.processes }),
    };
  }
}

function grown(
  before: ReadonlyMap<string, number>,
  now: ReadonlyMap<string, number>,
): Record<string, number> {
  const events: Record<string, number> = {};
  for (const [name, count] of now) {
    const more = count - (before.get(name) ?? 0);
    if (more > 0) events[name] = more;
  }
  return events;
}
