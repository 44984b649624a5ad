import { defineContract, event, keyed, outage, rejected, transient, unsafe } from '@refrain/contract-kit';
import { defineDecider } from '@refrain/decider';
import { deadline, effect, on, type ServiceDefinition, service } from '@refrain/runtime';
import { z } from 'zod';

/**
 * Two small services for tests of the runtime: `source` places things, `worker` does them through a world
 * that can fail.
 */
const id = z.string();

const source = defineContract({
  service: 'source',
  entities: { root: { id: 'id', events: { Placed: event(1, { id }), Expired: event(1, { id }) } } },
});

const calls = {
  timeoutMs: 1_000,
  steps: ['call'],
  retry: { attempts: 5, firstDelayMs: 100, maxDelayMs: 4_000 },
} as const;

const worker = defineContract({
  service: 'worker',
  entities: {
    thing: {
      id: 'id',
      events: {
        Asked: event(1, { id }),
        Done: event(1, { id, ref: z.string() }),
        Refused: event(1, { id }),
        Failed: event(1, { id }),
        Lost: event(1, { id }),
        Told: event(1, { id }),
        TellLost: event(1, { id }),
        Counted: event(1, { id, total: z.int() }),
      },
    },
    pool: { fixedId: 'main', events: { Added: event(1, { id, total: z.int() }) } },
  },
  waits: ['Lost', 'TellLost'],
  effects: {
    call: {
      ...calls,
      after: 'Asked',
      dependency: 'world',
      repeat: keyed({ horizonMs: 3_600_000, lookup: { visibleWithinMs: 0 } }),
      neverHappened: 'Failed',
      failures: {
        refused: rejected({ records: 'Refused' }),
        gone: outage({ happened: 'no', givingUp: 'Failed' }),
        broken: transient({ happened: 'unknown', givingUp: 'Lost' }),
      },
    },
    tell: {
      ...calls,
      after: 'Done',
      dependency: 'post',
      repeat: unsafe(),
      failures: {
        unsent: transient({ happened: 'no', givingUp: 'TellLost' }),
        unknown: transient({ happened: 'unknown', givingUp: 'TellLost' }),
      },
    },
  },
});

const root = defineDecider(source, 'root', { placed: false, expired: false })({
  evolve: {
    Placed: (state) => {
      state.placed = true;
    },
    Expired: (state) => {
      state.expired = true;
    },
  },
  decide: {
    place: (state, data: { id: string }) => (state.placed ? [] : [source.Placed(data)]),
    expire: (state, data: { id: string }) => (state.expired ? [] : [source.Expired(data)]),
  },
});

const thing = defineDecider(worker, 'thing', { status: 'none', told: false, counted: false })({
  evolve: {
    Asked: (state) => {
      state.status = 'asked';
    },
    Done: (state) => {
      state.status = 'done';
    },
    Refused: (state) => {
      state.status = 'refused';
    },
    Failed: (state) => {
      state.status = 'failed';
    },
    Lost: (state) => {
      state.status = 'lost';
    },
    Told: (state) => {
      state.told = true;
    },
    TellLost: () => {},
    Counted: (state) => {
      state.counted = true;
    },
  },
  decide: {
    ask: (state, data: { id: string }) => {
      if (data.id === 'poison') throw new Error('nobody can decide this');
      return state.status === 'none' ? [worker.Asked(data)] : [];
    },
    recordDone: (state, data: { id: string; ref: string }) =>
      state.status === 'done' ? [] : [worker.Done(data)],
    recordTold: (state, data: { id: string }) => (state.told ? [] : [worker.Told(data)]),
    recordCount: (state, data: { id: string; total: number }) =>
      state.counted ? [] : [worker.Counted(data)],
  },
});

const pool = defineDecider(worker, 'pool', { total: 0 })({
  evolve: {
    Added: (state, { total }) => {
      state.total = total;
    },
  },
  decide: {
    add: ({ total }, added: { id: string }) => [worker.Added({ ...added, total: total + 1 })],
  },
});

export const commands = { root, thing };

/** What the world does with a call. It answers a key that it knows as it answered before. */
export interface ToyWorld {
  call(key: string, id: string): Promise<string>;
  lookup(id: string): Promise<string | undefined>;
  tell(id: string): Promise<void>;
}

export class ToyFailure extends Error {
  readonly failure: string | undefined;
  constructor(failure: string | undefined) {
    super(failure ?? 'nobody expected this');
    this.failure = failure;
  }
}

export const sourceService = (deadlineMs = 60_000): ServiceDefinition =>
  service({
    contract: source,
    deciders: [root],
    deadlines: [deadline(source.Placed, 'expire', deadlineMs, root.expire)],
  });

const classify = (error: unknown): string | undefined =>
  error instanceof ToyFailure ? error.failure : undefined;

export const workerService = (world: ToyWorld): ServiceDefinition =>
  service({
    contract: worker,
    deciders: [thing],
    reactions: [on(source.Placed, 'ask', thing.ask), on(worker.Added, 'count', thing.recordCount)],
    hot: [{ decider: pool, answers: [on(worker.Asked, 'add', pool.add)] }],
    effects: [
      effect(worker, 'call', {
        call: async (asked, { key }) =>
          thing.recordDone({ id: asked.id, ref: await world.call(key, asked.id) }),
        lookup: async (asked) => {
          const ref = await world.lookup(asked.id);
          return ref === undefined ? 'not found' : thing.recordDone({ id: asked.id, ref });
        },
        classify,
      }),
      effect(worker, 'tell', {
        call: async (done) => {
          await world.tell(done.id);
          return thing.recordTold({ id: done.id });
        },
        classify,
      }),
    ],
  });
