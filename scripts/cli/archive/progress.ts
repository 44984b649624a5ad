/** `12000 of 40000 messages, 8000/s, 4 s left`: what a person wants to know of work that takes long. */
export function progressOf(what: string, total: number, now: () => number = () => performance.now()) {
  const from = now();
  return (done: number): string => {
    const rate = done / Math.max(0.001, (now() - from) / 1_000);
    const left = rate > 0 ? `, ${Math.ceil((total - done) / rate)} s left` : '';
    return `${what}: ${done} of ${total} messages, ${Math.round(rate)}/s${left}`;
  };
}

/** Between two lines of progress, in messages: a line costs more than a message. */
export const PROGRESS_EVERY = 500;
