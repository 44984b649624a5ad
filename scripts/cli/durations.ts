/** `12 s`, `3 min`, `5 h`: rounded as a person would say it. Below 0 it is 0. */
export function lasted(ms: number): string {
  const s = Math.max(0, Math.round(ms / 1_000));
  return s < 120 ? `${s} s` : s < 7_200 ? `${Math.round(s / 60)} min` : `${Math.round(s / 3_600)} h`;
}

/** The same, with tenths of a second where they matter: `0.7 s`, `2 s`, `9.9 s`, `12 s`. */
export const lastedFinely = (ms: number): string =>
  ms < 10_000 ? `${Math.max(0, Math.round(ms / 100)) / 10} s` : lasted(ms);
