import { startTransition, useEffect, useState, useSyncExternalStore } from 'react';
import { frame, routes } from '@refrain/console/api';
import { type Live, LivePicture } from './live-picture.ts';

/** `lost`: nothing was heard for a while, or the line broke; it is tried again by itself. */
export type Line = 'connecting' | 'open' | 'lost';

/** A frame comes at least every 5 s: after two that did not come the line is taken to be dead. */
const silentMsMax = 12_000;
/** How long after an error it is tried again, in milliseconds. */
const againMs = 2_000;

/** The one line to the server's frames, however many parts of the page look at it. */
class LiveLine {
  readonly #picture = new LivePicture();
  readonly #listeners = new Set<() => void>();
  #source: EventSource | undefined;
  #watch: ReturnType<typeof setTimeout> | undefined;
  line: Line = 'connecting';

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    if (!this.#source) this.#open();
    return () => void this.#listeners.delete(listener);
  };

  readonly live = (): Live => this.#picture.live;
  readonly state = (): Line => this.line;

  #open(): void {
    this.#source?.close();
    const source = new EventSource(routes.live);
    this.#source = source;
    source.addEventListener('frame', (event: MessageEvent<string>) => {
      const read = frame.safeParse(JSON.parse(event.data));
      if (!read.success) return;
      this.#picture.take(read.data);
      this.#say('open');
      this.#reopenAfter(silentMsMax);
    });
    // What the browser gives up (an answer that is an error) it does not try again, so this does.
    source.addEventListener('error', () => {
      this.#say('lost');
      this.#reopenAfter(againMs);
    });
    this.#reopenAfter(silentMsMax);
  }

  #reopenAfter(ms: number): void {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => {
      this.#say('lost');
      this.#open();
    }, ms);
  }

  #say(line: Line): void {
    this.line = line;
    for (const listener of this.#listeners) listener();
  }
}

const liveLine = new LiveLine();

/**
 * What the frames add up to; renders again with each, at most twice a second. As a transition: it gives way
 * to what the person at the page does.
 */
export function useLive(): Live {
  const [live, setLive] = useState(liveLine.live);
  useEffect(() => {
    const take = (): void => startTransition(() => setLive(liveLine.live()));
    take();
    return liveLine.subscribe(take);
  }, []);
  return live;
}
export const useLine = (): Line => useSyncExternalStore(liveLine.subscribe, liveLine.state);
