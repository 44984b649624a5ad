import type { EventLog } from '@refrain/event-log';
import { expect, test } from 'vitest';
import { type Decisions, decisionsOf, type ReadableLog, readingOf } from './decisions.ts';
import { tillService } from './till.fixture.ts';

test('what could call or append does not compile, and is not there either', () => {
  const definition = tillService();
  // @ts-expect-error -- a definition with its effects could call the world
  const decisions: Decisions = definition;
  expect(decisions).toBe(definition);
  expect(decisionsOf(definition)).not.toHaveProperty('effects');
  const log = { append: () => {}, lastSequence: async () => 3 } as unknown as EventLog;
  // @ts-expect-error -- a log that can append could record
  const read: ReadableLog = log;
  expect(read).toBe(log);
  expect(Object.keys(readingOf(log))).toEqual(['load', 'read', 'lastSequence']);
});
