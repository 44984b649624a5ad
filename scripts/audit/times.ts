/** How far the clocks of the broker and of a sandbox may be apart, in milliseconds. */
export const CLOCKS_APART_MS = 1_000;

/** Milliseconds since 1970 as ISO 8601, as findings tell them. */
export const iso = (at: number): string => new Date(at).toISOString();
