import type { LawSubject } from './law-subject.ts';
import { anyOrderEndsTheSame } from './laws-arrival.ts';
import { decisionsArePure } from './laws-decision.ts';
import { everyRequestIsAnswered, twiceIsOnce } from './laws-repeat.ts';
import { replayNeverThrows, storedSamplesParse } from './laws-replay.ts';
import { successesAreRecorded } from './laws-success.ts';
import { undoReallyCancels, unknownLeadsOn } from './laws-undo.ts';

type Law = (subject: LawSubject) => void;

/** A hot entity's repeats are kept away by its cursor; what it owes instead is one answer to each request. */
const isHot = ({ decider: { $decider } }: LawSubject): boolean =>
  $decider.contract.$contract.entities[$decider.entityType]?.fixedId !== undefined;

/** Every law that holds for this decider, by name: `test.each(lawsOf(subject))('%s', (_, law) => law())`. */
export function lawsOf(subject: LawSubject): [name: string, law: () => void][] {
  const laws: Record<string, Law> = {
    ...(isHot(subject)
      ? { 'every request is answered': everyRequestIsAnswered }
      : { 'twice is once': twiceIsOnce }),
    'a decision follows from state and command alone': decisionsArePure,
    'any order of arrival ends the same': anyOrderEndsTheSame,
    'replay never throws': replayNeverThrows,
    'every stored sample still parses': storedSamplesParse,
    'a success of the outside world is recorded': successesAreRecorded,
    'an unknown outcome leads to an undo or to a person': unknownLeadsOn,
    'each undo really cancels': undoReallyCancels,
  };
  return Object.entries(laws).map(([name, law]) => [name, () => law(subject)]);
}
