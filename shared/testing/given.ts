import { deepStrictEqual } from 'node:assert/strict';
import type { DomainEvent } from '@refrain/contract-kit';
import type { AnyDecider, Command } from '@refrain/decider';

interface Decided {
  /** Exactly these events, in this order. @throws AssertionError with the difference. */
  records(...events: readonly DomainEvent[]): void;
  /** There was nothing to add. */
  recordsNothing(): void;
}

const plain = (events: readonly DomainEvent[]) =>
  events.map(({ type, version, data }) => ({ type, version, data }));

/** The state after these events, from the beginning. */
export const stateAfter = (decider: AnyDecider, events: readonly DomainEvent[]): unknown =>
  events.reduce((state, event) => decider.evolve(state, event), decider.initialState);

/**
 * What a decider decides, as a sentence: `given(charge,
 * requested).when(charge.cancel(order)).records(recalled)`. It needs no test runner; a wrong expectation
 * throws.
 */
export const given = (
  { $decider }: { readonly $decider: AnyDecider },
  ...events: readonly DomainEvent[]
) => ({
  when(command: Command): Decided {
    const decided = plain($decider.decide(stateAfter($decider, events), command));
    return {
      records: (...expected) => deepStrictEqual(decided, plain(expected)),
      recordsNothing: () => deepStrictEqual(decided, []),
    };
  },
});
