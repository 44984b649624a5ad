/** A clock that was set shows after so many milliseconds. */
const SET_MS = 50;

/**
 * The time in milliseconds since 1970 with fractions, so that short spans keep their order. It follows the
 * clock of the machine when that is set.
 */
export function preciseClock(): () => number {
  let offset = performance.timeOrigin;
  return () => {
    const passed = performance.now();
    const wall = Date.now();
    if (Math.abs(wall - (offset + passed)) > SET_MS) offset = wall - passed;
    return offset + passed;
  };
}

/** Sixteen hex digits of chance. Never all zero, which means none. */
export function newSpanId(): string {
  const half = (): string => (1 + Math.floor(Math.random() * (2 ** 32 - 1))).toString(16).padStart(8, '0');
  return half() + half();
}
