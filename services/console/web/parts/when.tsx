import { useEffect, useState } from 'react';
import { fromNow, timeOfDay } from './words.ts';

/** The time, again each second: for what counts down, and for what grows old. */
export function useNow(everyMs = 1_000): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

const msOf = (at: string | number): number => (typeof at === 'number' ? at : Date.parse(at));

/** A time of day; the whole of it when one points at it. */
export function At({ at }: { at: string | number }) {
  const [now] = useState(() => Date.now());
  const ms = msOf(at);
  const iso = new Date(ms).toISOString();
  return (
    <time dateTime={iso} title={iso}>
      {timeOfDay(ms, now)}
    </time>
  );
}

/** How long until then, or since; `now` comes from who renders a whole list, so that one clock moves it. */
export function Away({ at, now }: { at: string | number; now: number }) {
  const ms = msOf(at);
  const iso = new Date(ms).toISOString();
  return (
    <time dateTime={iso} title={iso}>
      {fromNow(ms, now)}
    </time>
  );
}
