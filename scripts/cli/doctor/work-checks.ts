import type { ContractInfo } from '@refrain/contract-kit';
import { dueAtOf, type LetterOnRecord, type Operation } from '@refrain/runtime';
import { lasted } from '../durations.ts';
import type { Finding } from './findings.ts';

/** An operation of a service without an outcome. */
export interface OpenWork {
  readonly service: string;
  /** `charge/<id>`. */
  readonly entity: string;
  readonly operation: Operation;
  /** The provider can be asked what became of it. */
  readonly asksOn: boolean;
}

export interface OpenLetter {
  readonly service: string;
  readonly entity: string;
  readonly letter: LetterOnRecord;
}

/** So late, in milliseconds, an operation has lost its alarm; the sweep makes it again after 30 s. */
const OVERDUE_MS = 60_000;
/** One that was never attempted may only wait its turn. */
const UNTRIED_MS = 330_000;

const ago = (ms: number): string => lasted(Math.max(1_000, ms));

interface Then {
  readonly now: number;
  /** The platform was imported and calls nobody yet: what is due waits on purpose. */
  readonly held: boolean;
}

/** What is wrong with the open operations of a service, by its contract. */
export function workFindings(
  work: readonly OpenWork[],
  contract: ContractInfo,
  { now, held }: Then,
): Finding[] {
  return work.flatMap(({ service, entity, operation, asksOn }): Finding[] => {
    const about = aboutOf(service, entity, operation);
    const undoes = contract.effects[operation.effect]?.undoes;
    const stuck = operation.status === 'waiting' || operation.status === 'defect';
    if (stuck && undoes !== undefined) return [stuckCompensation(about, operation, undoes)];
    if (operation.status === 'defect') return [defectOf(about, operation)];
    if (operation.status === 'waiting') return asksOn ? [] : [waitsForPerson(about)];
    return held ? [] : overdue(about, operation, now);
  });
}

/** What is given up and asked on by itself: nobody need act, but a flow waits. */
export const workNotes = (work: readonly OpenWork[], now: number): Finding[] =>
  work
    .filter(({ operation, asksOn }) => asksOn && operation.status === 'waiting')
    .map(({ service, entity, operation }) => asked(aboutOf(service, entity, operation), operation, now));

const aboutOf = (service: string, entity: string, { id, effect }: Operation): string =>
  `${service} ${entity}, operation ${id} (${effect})`;

const todoOf = ({ id }: Operation): string =>
  `find out what the provider says of ${id}, then refrain verdict ${id}`;

const stuckCompensation = (about: string, operation: Operation, undoes: string): Finding => ({
  check: 'compensations',
  about,
  found: operation.status === 'defect' ? 'it ran into a defect' : 'it was given up, its outcome is unknown',
  means: `what ${undoes} says has perhaps not been taken back: somebody may be out of their money`,
  todo: todoOf(operation),
});

const defectOf = (about: string, { id }: Operation): Finding => ({
  check: 'operations',
  about,
  found: 'it ran into a defect of ours and is not tried again',
  means: 'its flow waits for a person',
  todo: `see why (refrain dead-letters), mend it, then drive it again, or refrain verdict ${id}`,
});

const asked = (about: string, operation: Operation, now: number): Finding => ({
  check: 'operations',
  about,
  found: `it was given up ${ago(now - (operation.waitingSince ?? now))} ago, its outcome is unknown`,
  means: 'the provider is asked on by itself; until it answers, the flow waits',
  todo: `see that the provider answers. Who knows more may say so: refrain verdict ${operation.id}`,
});

const waitsForPerson = (about: string): Finding => ({
  check: 'operations',
  about,
  found: 'its outcome is unknown, and nobody can be asked but a person',
  means: 'it is not repeated, since it may have happened; its flow waits',
  todo: 'find out whether it happened, then refrain verdict says so',
});

function overdue(about: string, operation: Operation, now: number): Finding[] {
  const late = now - dueAtOf(operation);
  const isHeld = operation.held !== undefined && operation.held.n > operation.n;
  if (isHeld || late < (operation.n === 0 ? UNTRIED_MS : OVERDUE_MS)) return [];
  return [
    {
      check: 'operations',
      about,
      found: `it should have gone on ${ago(late)} ago`,
      means:
        'its alarm is missing, and nobody makes it again: the service does not run, or its sweep does not',
      todo: 'see that the service is ready; its sweep gives an operation its alarm again after 30 s',
    },
  ];
}

export const letterFindings = (letters: readonly OpenLetter[], now: number): Finding[] =>
  letters
    .filter(({ letter }) => letter.operation === undefined) // those of operations are told as such
    .map(({ service, entity, letter }) => ({
      check: 'dead letters',
      about: `${service} ${entity}, ${letter.reaction}`,
      found: `${letter.error.slice(0, 200)}, ${ago(now - letter.at)} ago`,
      means: 'a cause was not handled; nothing waits behind it but its own flow',
      todo: 'mend what is wrong, then drive it again, or resolve it: refrain dead-letters',
    }));
