import { readdirSync, readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import type { DomainEvent } from '@refrain/contract-kit';
import { messageOf } from '@refrain/errors';
import * as fc from 'fast-check';
import { stateAfter } from './given.ts';
import { broken, forMany } from './law-runs.ts';
import type { LawSubject } from './law-subject.ts';
import { isCommand, tell } from './story.ts';

/** The stored samples of a contract, by `Type.version`. */
export function readSamples(folder: URL): Record<string, unknown> {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  return Object.fromEntries(
    files.map((file) => [file.slice(0, -5), JSON.parse(readFileSync(new URL(file, folder), 'utf8'))]),
  );
}

/** Each version of each of its events as a stored sample, read as the log's reader would. */
function sampleEvents({ decider: { $decider }, samples }: LawSubject): DomainEvent[] {
  const { service, events, types } = $decider.contract.$contract;
  return Object.entries(events)
    .filter(([, info]) => info.entityType === $decider.entityType)
    .flatMap(([type, info]) =>
      Array.from({ length: info.version }, (_, i) => {
        const data = samples[`${type}.${i + 1}`];
        if (data === undefined)
          throw broken('every stored sample still parses', `${type}.${i + 1} has no sample`);
        try {
          return { type, service, version: info.version, data: types[type]?.parse(i + 1, data) };
        } catch (error) {
          throw broken('every stored sample still parses', messageOf(error));
        }
      }),
    );
}

/** What was ever stored can be read: each version of each event has its sample, and it parses. */
export function storedSamplesParse(subject: LawSubject): void {
  const { $decider } = subject.decider;
  for (const event of sampleEvents(subject)) stateAfter($decider, [event]);
}

/**
 * Any events in any order can be folded, always to the same state, and every command can be decided upon it.
 */
export function replayNeverThrows(subject: LawSubject): void {
  const { $decider } = subject.decider;
  const told = subject.stories.map((story) => tell($decider, story));
  const commands = told.flatMap(({ scenes }) => scenes.map(({ arrival }) => arrival)).filter(isCommand);
  const events = [...sampleEvents(subject), ...told.flatMap((story) => story.events)];
  const replay = (history: readonly DomainEvent[]): void => {
    const state = stateAfter($decider, history);
    if (!isDeepStrictEqual(state, stateAfter($decider, history)))
      throw new Error('one history was folded to two states');
    for (const command of commands) $decider.decide(state, command);
  };
  forMany(fc.array(fc.constantFrom(...events), { maxLength: 12 }), (history) => {
    try {
      replay(history);
    } catch (error) {
      throw broken('replay never throws', messageOf(error));
    }
  });
}
