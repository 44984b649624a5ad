import type { ContractInfo } from '@refrain/contract-kit';
import { isHeard } from './contract-checks.ts';
import type { Finding } from './finding.ts';
import type { Seen } from './seen.ts';
import type { CheckedService } from './world.ts';

/**
 * What contracts do not say, and the deciders showed while every story within the bounds was tried: which
 * events are recorded, by what, and what an effect's success is.
 */
export function seenFindings(services: readonly CheckedService[], seen: Seen): Finding[] {
  return [
    ...services.flatMap((service) => [
      ...neverRecorded(service, services, seen),
      ...unnoticed(service.definition.contract.$contract, services, seen),
      ...neverSet(service, seen),
      ...withoutUndo(service.definition.contract.$contract, seen),
    ]),
    ...fanOut(seen),
  ];
}

function neverRecorded(
  { definition }: CheckedService,
  all: readonly CheckedService[],
  seen: Seen,
): Finding[] {
  const info = definition.contract.$contract;
  return Object.keys(info.events)
    .filter((type) => !seen.recorded.has(`${info.service}.${type}`))
    .map((type) => {
      const hearers = isHeard(all, info, type) ? ', and there are reactions to it' : '';
      return {
        rule: 'nobody records it' as const,
        where: `${info.service}.${type}`,
        what: `in no story does any decision or any end of an effect record it${hearers}`,
        why: 'what is to follow from it never begins; or the stories leave out what leads to it',
        todo: 'record it where it belongs, ask for it in a story of the world, or take it out of the contract',
      };
    });
}

/** Recorded, and of no consequence whatever: neither for others nor for what its entity decides later. */
function unnoticed(info: ContractInfo, services: readonly CheckedService[], seen: Seen): Finding[] {
  const means = new Set([
    ...Object.values(info.effects).flatMap(({ after, undoes }) => [after, undoes]),
    ...Object.entries(info.undoneBy).flat(),
    ...info.waits,
    ...info.pivots,
  ]);
  return Object.keys(info.events)
    .filter((type) => seen.recorded.get(`${info.service}.${type}`) === false)
    .filter((type) => !means.has(type) && !isHeard(services, info, type))
    .map((type) => ({
      rule: 'nobody hears it' as const,
      where: `${info.service}.${type}`,
      what: 'it is recorded, no reaction, effect or deadline follows from it, and its entity ignores it',
      why: 'somebody may count on a consequence that is not there',
      todo: 'react to it, let evolve keep what it says, or record it no more',
    }));
}

function neverSet({ definition }: CheckedService, seen: Seen): Finding[] {
  const { service } = definition.contract.$contract;
  return definition.deadlines
    .filter(({ after }) => !seen.recorded.has(`${service}.${after.type}`))
    .map(({ name, after }) => ({
      rule: 'deadline nobody sets' as const,
      where: `${service}: deadline "${name}"`,
      what: `it runs from ${after.type}, which no decision records`,
      why: 'the deadline never begins: what it is to end waits for ever',
      todo: `let it run from an event that is recorded, or record ${after.type}`,
    }));
}

function withoutUndo(info: ContractInfo, seen: Seen): Finding[] {
  return Object.entries(info.effects).flatMap(([effect, { undoes, retriable }]) => {
    const successes = [...(seen.successes.get(`${info.service}.${effect}`) ?? [])];
    const marked = undoes !== undefined || retriable === true;
    const covered = successes.some((t) => info.undoneBy[t] !== undefined || info.pivots.includes(t));
    if (successes.length === 0 || marked || covered) return [];
    return [
      {
        rule: 'no undo' as const,
        where: `${info.service}.${effect}`,
        what: `it records ${successes.join(', ')}, which nothing undoes; and it is neither pivot nor retriable`,
        why: 'a flow that is cancelled after it keeps what it did to the world',
        todo: 'name what undoes it in undoneBy; or name its success in pivots where nothing follows that can fail; or mark the effect retriable where it only ever comes after that',
      },
    ];
  });
}

const fanOut = ({ fanOut: found }: Seen): Finding[] =>
  [...found].map(([where, { few, many }]) => ({
    rule: 'unlimited fan-out' as const,
    where,
    what: `it records ${few} event${few === 1 ? '' : 's'}, and ${many} where the lists are four times as long; no schema bounds them`,
    why: 'one event sets off as many as somebody likes: a commit holds 256 KiB, and every hearer is flooded',
    todo: 'bound the list in the schema of the event (z.array(...).max(n)), or record one event that holds the list',
  }));
