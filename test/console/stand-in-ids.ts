/** What a shop with troubles of every kind would say, for pages that a healthy one never shows. */
export const beganMs = Date.parse('2026-11-29T10:00:00.000Z');
export const at = (ms: number): string => new Date(beganMs + ms).toISOString();
const letters = 'abcdefghijklmnopqrstuvwxyz234567';
/** An id as the shop makes them, always the same for the same number. */
export const idOf = (n: number): string =>
  Array.from({ length: 26 }, (_, i) => letters[(n * 31 + i * 7 + ((n >> (i % 13)) & 15)) % 32]).join('');
