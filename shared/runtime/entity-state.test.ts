import { defineContract, event } from '@refrain/contract-kit';
import { defineDecider } from '@refrain/decider';
import type { Commit, RecordedEvent } from '@refrain/event-log';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { EntityState } from './entity-state.ts';

const id = z.string();
const bank = defineContract({
  service: 'bank',
  entities: {
    account: {
      id: 'id',
      events: {
        Paid: event(
          2,
          { id, minor: z.int() },
          {
            1: (v1: { id: string; euros: number }) => ({
              id: v1.id,
              minor: v1.euros * 100,
            }),
          },
        ),
      },
    },
  },
});
const account = defineDecider(bank, 'account', { minor: 0 })({
  evolve: {
    Paid: (state, { minor }) => {
      state.minor += minor;
    },
  },
  decide: {},
});

const paid = (version: number, data: object): RecordedEvent => ({
  id: `e${version}`,
  type: 'Paid',
  version,
  cause: `request:${version}`,
  reaction: 'pay',
  correlation: 'a1',
  data: { id: 'a1', ...data },
});

test('events of older versions are folded as the newest one', () => {
  const entity = { service: 'bank', entityType: 'account', entityId: 'a1' };
  const { contract, ...decider } = account.$decider;
  const kind = {
    entityType: 'account',
    contract: contract.$contract,
    decider: { contract, ...decider },
    hot: false,
    matters: [],
  };
  const state = new EntityState(entity, kind);
  [paid(1, { euros: 3 }), paid(2, { minor: 45 })].forEach((one, i) => {
    const at = { seq: i + 1, id: `c${i}`, at: i, types: [`Paid.${one.version}`], bytes: 0 };
    state.apply({ entity, ...at, body: () => ({ events: [one] }) } satisfies Commit);
  });
  expect(state.state).toEqual({ minor: 345 });
});
