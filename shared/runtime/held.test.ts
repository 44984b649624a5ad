import { expect, it } from 'vitest';
import type { RecordedEvent } from '@refrain/event-log';
import { heldOf } from './effect-log.ts';

/** Whose append of "held" meets a conflict proposes it again on what stands there by then. */
it('an attempt that is over, or that a later hold has followed, is not held again', () => {
  const intent = {
    id: 'i',
    type: 'Asked',
    version: 1,
    cause: 'c',
    reaction: 'r',
    correlation: 'f',
    data: {},
  };
  const operation = {
    id: 'op',
    effect: 'call',
    status: 'open',
    intent,
    at: 0,
    n: 1,
    counted: 1,
    progress: {},
  };
  const held = { n: 2, until: 1 };
  const entity = {
    entity: { service: 's', entityType: 't', entityId: 'a' },
    kind: { contract: { effects: {} } },
    operations: new Map([['op', { ...operation, held }]]),
    recordedFor: () => 0,
    intentsOf: () => 0,
  };
  const recording = { platformId: 'p', effect: { name: 'call' }, operationId: 'op', n: 1, trace: '' };
  const hold = { go: false, hold: 'budget', word: 'open', epoch: 1, reason: 'x', forMs: 1_000 } as const;
  const again: RecordedEvent[] | undefined = heldOf(recording as never, hold, 5)(entity as never);
  expect(again).toBeUndefined(); // two instances at it record "held 1", "held 2", "held 1" … under two ids
});
