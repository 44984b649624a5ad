import type { Clock } from '@refrain/event-log';
import { type Governing, SILENT_MS, type Word } from '@refrain/governor';
import { attributeValues } from './metric-declarations.ts';
import type { Metrics } from './metrics.ts';

/** What an instance hears of the governor, measured on its way. */
export interface MeasuredGoverning {
  readonly governing: Governing;
  /** Tells which word counts now: a silence makes no event, so it shows when somebody asks. */
  readonly tell: () => void;
}

/** Hands everything on, and tells the metrics what each word grants this instance. */
export function measuredGoverning(
  governing: Governing,
  { metrics, clock, instance }: { metrics: Metrics; clock: Pick<Clock, 'now'>; instance: string },
): MeasuredGoverning {
  const heardAt = new Map<string, { readonly word: Word; readonly at: number }>();
  const note = (word: Word): void => {
    const { dependency } = word;
    heardAt.set(dependency, { word, at: clock.now() });
    const { calls, retries } = word.shares[instance] ?? word.newcomer;
    metrics.set('refrain_governor_granted', calls ?? Number.POSITIVE_INFINITY, { dependency, calls: 'all' });
    metrics.set('refrain_governor_granted', retries, { dependency, calls: 'retry' });
  };
  const watched = new Set<string>();
  return {
    governing: {
      report: (report) => governing.report(report),
      listen: (dependencies, heard) => {
        for (const dependency of dependencies) watched.add(dependency);
        return governing.listen(dependencies, (word) => {
          note(word);
          heard(word);
        });
      },
    },
    tell: () => {
      for (const dependency of watched) {
        const last = heardAt.get(dependency);
        const counts = last && clock.now() - last.at < SILENT_MS ? last.word.kind : 'silent';
        for (const word of attributeValues.word)
          metrics.set('refrain_governor_word', word === counts ? 1 : 0, { dependency, word });
      }
    },
  };
}
