import { type Difference, fieldChanges, type ReplayReport, type ToldEvent } from '@refrain/replay';
import { table } from '../output.ts';
import { changeLine, short } from './entity-changes.ts';
import { plural } from '../plural.ts';

/** Most differences for a person; `--json` has more. */
const SHOWN_MAX = 20;

/** How long it took, in seconds. */
export interface Took {
  readonly seconds: number;
}

/** Commits a second, own and heard ones. */
export const rateOf = (
  { commits, heard }: Pick<ReplayReport, 'commits' | 'heard'>,
  { seconds }: Took,
): number => Math.round((commits + heard) / Math.max(seconds, 0.001));

/** A replay for a person: how much was read, what came out, and each difference with its event. */
export function linesOf(report: ReplayReport, took: Took): string[] {
  const { service, commits, events, heard, same, different, mended, notDecided, differences } = report;
  const { fact, 'not on record': missing, 'cause not found': lost } = notDecided;
  const more = different - Math.min(differences.length, SHOWN_MAX);
  return [
    `${service}: ${plural(commits, 'commit')} with ${plural(events, 'event')}, ` +
      `and ${plural(heard, 'commit')} that it heard, in ${took.seconds.toFixed(1)} s (${rateOf(report, took)} commits/s)`,
    ...table([
      [`  ${same}`, 'decisions are made today as they are on record'],
      [`  ${different}`, 'differ'],
      ...counted(mended, 'dead letters can be decided today'),
      ...counted(fact, 'not decided again: no decider did, what became of calls, and people’s words'),
      ...counted(missing, 'not decided again: what was asked or answered is not on record'),
      ...counted(lost, 'not decided again: the event it was decided because of was not found'),
    ]),
    ...differences.slice(0, SHOWN_MAX).flatMap((difference) => ['', ...differenceLines(difference)]),
    ...(more > 0 ? ['', `and ${more} more: --json lists the first ${differences.length}`] : []),
  ];
}

const counted = (n: number, what: string): string[][] => (n === 0 ? [] : [[`  ${n}`, what]]);

function differenceLines(difference: Difference): string[] {
  const { entity, seq, at, cause, reaction, because, recorded, decided, problem, derived } = difference;
  const heard = because && `${because.service} ${because.type}${because.seq > 0 ? ` at ${because.seq}` : ''}`;
  const why = cause === '' ? '' : `, because of ${heard ?? cause}: ${reaction}`;
  return [
    `${entity} at ${seq}, ${new Date(at).toISOString()}${why}`,
    ...(derived ? ['  (its command is put together from what was recorded)'] : []),
    ...(problem === undefined
      ? [...fieldLines(recorded, decided)]
      : [...recorded.map((event) => `  recorded  ${eventText(event)}`), `  today     ${problem}`]),
  ];
}

/** Event by event: of one that is decided too, the fields that differ; else what there is on each side. */
function fieldLines(recorded: readonly ToldEvent[], decided: readonly ToldEvent[]): string[] {
  const places = Array.from({ length: Math.max(recorded.length, decided.length) }, (_, i) => i);
  return places.flatMap((i) => {
    const [then, today] = [recorded[i], decided[i]];
    if (then && then.type === today?.type)
      return fieldChanges(then.data, today.data).map((change) => `  ${then.type}.${changeLine(change)}`);
    return [`  recorded  ${eventText(then)}`, `  today     ${eventText(today)}`];
  });
}

const eventText = (event: ToldEvent | undefined): string =>
  event ? `${event.type} ${short(event.data)}` : 'nothing';
