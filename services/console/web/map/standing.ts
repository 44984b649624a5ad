import type { ChoreographyMap, MapEdge, ServiceSeen, WordSeen } from '@refrain/console/api';
import type { Live } from '../data/live-picture.ts';

/** How an arrow stands now. */
export interface Flowing {
  /** Events or calls a second. */
  readonly rate: number;
  /** Failed attempts a second of the service that calls. */
  readonly failing: number;
  /** The governor lets nobody through, or few. */
  readonly word: WordSeen | undefined;
}

const rateOf = (live: Live, counted: string): number => live.rates.get(counted) ?? 0;

/** Each event counts once on an arrow, however many reactions hear it. */
export function flowing(edge: MapEdge, live: Live, words: readonly WordSeen[]): Flowing {
  const counted = new Set(edge.carries.map((carried) => carried.counted));
  const rate = [...counted].reduce((sum, type) => sum + rateOf(live, type), 0);
  if (edge.kind !== 'called') return { rate, failing: 0, word: undefined };
  return {
    rate,
    failing: rateOf(live, `${edge.from}.refrain.AttemptFailed`),
    word: words.find(({ dependency }) => dependency === edge.to),
  };
}

/** Events a second that a service records. */
export function recording(service: string, live: Live): number {
  let rate = 0;
  for (const [type, one] of live.rates) if (type.startsWith(`${service}.`)) rate += one;
  return rate;
}

/** What came last wins: frames tell services and words only when they differ. */
export function standing(
  map: ChoreographyMap,
  live: Live,
): { services: readonly ServiceSeen[]; words: readonly WordSeen[] } {
  return {
    services: live.services.length > 0 ? live.services : map.services,
    words: live.words.length > 0 ? live.words : map.words,
  };
}

/** Words of the governor as the map says them. */
export const heldBack = ({ kind }: Pick<WordSeen, 'kind'>): boolean =>
  kind === 'suppressed' || kind === 'probing';
