// How numbers, times and ids are written, the same on each page.
import type { MoneySeen } from '@refrain/console/api';

const units = [
  { ms: 86_400_000, name: 'd' },
  { ms: 3_600_000, name: 'h' },
  { ms: 60_000, name: 'min' },
] as const;

/** `340 ms`, `4.2 s`, `1 min 19 s`, `12 min`, `2 h`: to the second where somebody compares waits. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  const seconds = Math.floor(ms / 1000) % 60;
  if (ms < 600_000 && seconds > 0) return `${Math.floor(ms / 60_000)} min ${seconds} s`;
  const unit = units.find((one) => ms >= one.ms) ?? units[2];
  const whole = Math.floor(ms / unit.ms);
  return `${whole} ${unit.name}`;
}

/** How long after the beginning, in seconds: a column of these lines up. */
export const offset = (ms: number): string => `+${(Math.max(0, ms) / 1000).toFixed(3)}`;

const counts = new Intl.NumberFormat('en');
export const number = (value: number): string => counts.format(value);

/** A rate a second: `0`, `0.4`, `12`. */
export const rate = (value: number): string =>
  Number.isInteger(value) ? number(value) : value < 9.95 ? value.toFixed(1) : number(Math.round(value));

const cents = new Intl.NumberFormat('en', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
export const euros = ({ minor, currency }: MoneySeen): string => `${cents.format(minor / 100)} ${currency}`;

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** The time of day; with the day where it is another one than `nowMs`'s. */
export function timeOfDay(ms: number, nowMs: number): string {
  const then = new Date(ms);
  const text = clock.format(then);
  return new Date(nowMs).toDateString() === then.toDateString() ? text : `${day.format(then)}, ${text}`;
}

/** `in 4.2 s`, `3 min ago`, `now`. */
export function fromNow(ms: number, nowMs: number): string {
  const far = ms - nowMs;
  if (Math.abs(far) < 500) return 'now';
  return far > 0 ? `in ${duration(far)}` : `${duration(-far)} ago`;
}

export const shortId = (id: string): string => (id.length > 14 ? `${id.slice(0, 6)}…${id.slice(-4)}` : id);

/** An argument as a shell takes it. */
export const quoted = (text: string): string =>
  /^[\w./:=@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
