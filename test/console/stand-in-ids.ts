// The stand-in is a shop with troubles of every kind: it fills pages that a healthy one never shows.

/** When its story begins, in milliseconds since 1970. */
export const beganMs = Date.parse('2026-11-29T10:00:00.000Z');
/** The time so many milliseconds after that, ISO 8601. */
export const at = (ms: number): string => new Date(beganMs + ms).toISOString();
const letters = 'abcdefghijklmnopqrstuvwxyz234567';
/** An id as the shop makes them, always the same for the same number. */
export const idOf = (n: number): string =>
  Array.from({ length: 26 }, (_, i) => letters[(n * 31 + i * 7 + ((n >> (i % 13)) & 15)) % 32]).join('');
