import { type ContractInfo, isPlatformEvent } from '@refrain/contract-kit';
import { type EventLog, nameOf } from '@refrain/event-log';
import { foldLetters, type LettersOnRecord, OpenOperations, type ServiceDefinition } from '@refrain/runtime';
import { commitsOf } from '../shop-log/reading.ts';
import type { OpenLetter, OpenWork } from './work-checks.ts';

export interface LogFacts {
  readonly work: readonly OpenWork[];
  readonly letters: readonly OpenLetter[];
  /** Commits that could not be read. */
  readonly unreadable: number;
}

/** What is open in a service's log, read from its first commit to its present last one. */
export async function readOpenWork(
  log: Pick<EventLog, 'read' | 'lastSequence'>,
  definition: ServiceDefinition,
  onProgress: (text: string) => void,
): Promise<LogFacts> {
  const contract = definition.contract.$contract;
  const { service } = contract;
  let unreadable = 0;
  const operations = new OpenOperations(contract, () => unreadable++);
  const letters = new Map<string, LettersOnRecord>();
  const to = await log.lastSequence(service);
  for await (const commit of commitsOf(log, service, { from: 1, to })) {
    operations.apply([commit], { seq: commit.seq, commitId: commit.id });
    const entity = nameOf(commit.entity);
    const known = letters.get(entity);
    if (known || commit.types.some(isPlatformEventText)) {
      let open = known ?? new Map();
      for (const event of commit.body().events) open = foldLetters(open, { event, at: commit.at });
      if (open.size > 0) letters.set(entity, open);
      else letters.delete(entity);
    }
    if (commit.seq % 1_000 === 0) onProgress(`reading ${service}: ${commit.seq} of ${to}`);
  }
  const effects = new Map(definition.effects.map((effect) => [effect.name, effect]));
  return {
    unreadable,
    work: [...operations.all()].map(({ entity, operation }) => {
      const effect = effects.get(operation.effect);
      const asksOn = effect?.close !== undefined || effect?.lookup !== undefined;
      return { service, entity: nameOf(entity), operation, asksOn };
    }),
    letters: [...letters].flatMap(([entity, open]) =>
      [...open.values()].map((letter) => ({ service, entity, letter })),
    ),
  };
}

const isPlatformEventText = (text: string): boolean => isPlatformEvent(text);

/** The dependencies that a service's operations call. */
export const dependenciesOf = (contracts: readonly ContractInfo[]): string[] => [
  ...new Set(contracts.flatMap(({ effects }) => Object.values(effects).map(({ dependency }) => dependency))),
];
