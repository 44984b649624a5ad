import type { StoredLog } from '@refrain/jetstream';
import { plural } from '../plural.ts';

/** A log that the broker holds and a file does not. */
export interface LeftOutLog extends StoredLog {
  readonly why: string;
}

interface Asked {
  /** Those that are written. */
  readonly services: readonly string[];
  /** Those of this checkout. */
  readonly known: readonly string[];
  /** Those of them that the running shop does not have. */
  readonly later: readonly string[];
  readonly guests: readonly string[];
}

/** What nobody owns: its service was taken out of the checkout, or was a guest and was dismissed. */
const OF_NOBODY = 'no service of this checkout, and no guest';

/** Which of the broker’s logs an export leaves out, and why each. */
export function leftOutOf(
  logs: readonly StoredLog[],
  { services, known, later, guests }: Asked,
): readonly LeftOutLog[] {
  const whyNot = (service: string): string => {
    if (later.includes(service)) return 'a service that the running shop does not have yet';
    if (known.includes(service)) return 'not asked for';
    return guests.includes(service) ? 'a guest' : OF_NOBODY;
  };
  return logs
    .filter(({ service }) => !services.includes(service))
    .map((log) => ({ ...log, why: whyNot(log.service) }));
}

/** Each of them for a person, and what follows from it. */
export function leftOutLines(logs: readonly LeftOutLog[], guests: readonly string[]): string[] {
  return [
    ...logs.map(({ stream, commits, why }) => `Left out: ${stream}, ${plural(commits, 'commit')}: ${why}`),
    ...(guests.length > 0
      ? ['Without the logs of guests the file can only be read: no platform imports it.']
      : []),
    ...(logs.some(({ why }) => why === OF_NOBODY)
      ? [
          'A log that nobody owns is in the broker’s store alone: keep that, too, or put the service’s folder back, start the shop again and export anew.',
        ]
      : []),
  ];
}

/**
 * Whether a backup lacks something that nobody said it should: who names the services has said it. An empty
 * log is nothing to lose.
 */
export const lacksSome = (logs: readonly LeftOutLog[], asked: readonly string[]): boolean =>
  asked.length === 0 && logs.some(({ commits }) => commits > 0);
