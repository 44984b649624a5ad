import {
  cause,
  defineContract,
  event,
  keyed,
  outage,
  rejected,
  throttled,
  transient,
  unsafe,
} from '@refrain/contract-kit';
import { defineDecider } from '@refrain/decider';
import { type Call, effect, service, type ServiceDefinition } from '@refrain/runtime';
import { z } from 'zod';
import { type Faults, type Instance, World } from './world.ts';
import { parseType } from '@refrain/event-log';

const id = z.string();

/** A failure of the world, by its name in the contract. */
export class Fault extends Error {
  readonly failure: string;
  readonly retryAfterMs: number;
  constructor(failure: string, retryAfterMs = 0) {
    super(failure);
    this.failure = failure;
    this.retryAfterMs = retryAfterMs;
  }
}
const classify = (e: unknown) =>
  e instanceof Fault ? { failure: e.failure, retryAfterMs: e.retryAfterMs } : undefined;

const events = {
  Asked: event(1, { id }),
  Posted: event(1, { id }), // the intent of `post`
  Done: event(1, { id, ref: z.string().max(100) }),
  Refused: event(1, { id }),
  Failed: event(1, { id }),
  Lost: event(1, { id }),
  PostDone: event(1, { id }),
  PostRefused: event(1, { id }),
  PostLost: event(1, { id }),
};
const make = (lookup: boolean) =>
  defineContract({
    service: 'w',
    entities: { thing: { id: 'id', events } },
    waits: ['Lost', 'PostLost', 'PostRefused'],
    effects: {
      call: {
        after: 'Asked',
        dependency: 'world',
        steps: ['call'],
        timeoutMs: 1_000,
        retry: { attempts: 5, firstDelayMs: 100, maxDelayMs: 4_000 },
        repeat: keyed({ horizonMs: 3_600_000, ...(lookup && { lookup: { visibleWithinMs: 0 } }) }),
        neverHappened: 'Failed',
        failures: {
          refused: rejected({ records: 'Refused' }),
          gone: outage({ happened: 'no', givingUp: 'Failed' }),
          busy: throttled({ happened: 'no', givingUp: 'Failed' }),
          broken: transient({ happened: 'unknown', givingUp: 'Lost' }),
        },
      },
      post: {
        after: 'Posted',
        dependency: 'post',
        steps: ['post'],
        timeoutMs: 10_000,
        retry: { attempts: 5, firstDelayMs: 100, maxDelayMs: 4_000 },
        repeat: unsafe(),
        failures: {
          postRefused: rejected({ records: 'PostRefused' }),
          unknown: transient({ happened: 'unknown', givingUp: 'PostLost' }),
        },
      },
    },
  });

/** The world as the test wants it. */
interface Outside {
  call(call: Call): Promise<string>;
  post?(call: Call): Promise<void>;
  lookup?(): Promise<string | undefined>;
  /** What it did, as it lists it: one act to a page. */
  acts?(): Promise<readonly { readonly operationId: string; readonly id: string; readonly ref: string }[]>;
}

/**
 * A service with a keyed and an unsafe effect on that world; with `poisonDone` nobody can
 * record a success.
 */
export function definitionOf(outside: Outside, poisonDone = false): ServiceDefinition {
  const w = make(outside.lookup !== undefined);
  const thing = defineDecider(w, 'thing', { n: 0 })({
    evolve: {
      Asked: (s) => void s.n++,
      Posted: () => {},
      Done: (s) => void s.n++,
      Refused: () => {},
      Failed: () => {},
      Lost: () => {},
      PostDone: () => {},
      PostRefused: () => {},
      PostLost: () => {},
    },
    decide: {
      ask: (_, d: { id: string }) => [w.Asked(d)],
      askPost: (_, d: { id: string }) => [w.Posted(d)],
      recordDone: (_, d: { id: string; ref: string }) => {
        if (poisonDone) throw new Error('a defect of the decider');
        return [w.Done(d)];
      },
      recordPost: (_, d: { id: string }) => [w.PostDone(d)],
    },
  });
  commands = thing as never;
  return service({
    contract: w,
    deciders: [thing],
    effects: [
      effect(w, 'call', {
        call: async (d: { id: string }, c: Call) =>
          thing.recordDone({ id: d.id, ref: await outside.call(c) }),
        ...(outside.lookup && {
          lookup: async (d: { id: string }) => {
            const ref = await outside.lookup?.();
            return ref === undefined ? ('not found' as const) : thing.recordDone({ id: d.id, ref });
          },
        }),
        ...(outside.acts && {
          reconcile: async ({ after = '0' }: { after: string | undefined }) => {
            const acts = (await outside.acts?.()) ?? [];
            const page = acts.slice(Number(after), Number(after) + 1).map(({ operationId, id: of, ref }) => {
              const command = thing.recordDone({ id: of, ref });
              return { operationId, entityId: of, correlation: of, ref, command };
            });
            const next = Number(after) + 1;
            return { acts: page, next: next < acts.length ? String(next) : undefined };
          },
        }),
        classify,
      }),
      effect(w, 'post', {
        post: async (d: { id: string }, c: Call) => {
          await outside.post?.(c);
          return thing.recordPost({ id: d.id });
        },
        classify,
      }),
    ],
  });
}

let commands: { ask(d: { id: string }): never; askPost(d: { id: string }): never };

/** Instances of the service in one simulated world. */
export class Run {
  readonly world: World;
  readonly instances: Instance[] = [];
  readonly #define: (alive: () => boolean) => ServiceDefinition;
  constructor(
    define: (alive: () => boolean) => ServiceDefinition,
    faults: Faults & { recovering?: boolean; governed?: boolean } = {},
    seed = 1,
  ) {
    this.world = new World({ seed, ...faults });
    this.#define = define;
    this.world.declare([define(() => true)]);
  }
  start(options = {}): Instance {
    const i = this.world.start(`w-${this.instances.length + 1}`, ({ alive }) => this.#define(alive), options);
    this.instances.push(i);
    return i;
  }
  ask(what: 'ask' | 'askPost' = 'ask', idOf = 'a'): void {
    void this.instances.at(-1)?.host.execute(commands[what]({ id: idOf }), {
      cause: cause.request('t', idOf + what),
      correlation: idOf,
    });
  }
  types(): string[] {
    return this.world.broker.commitsOf('w').flatMap((c) => c.types.map((t) => parseType(t).type));
  }
  until(done: () => boolean, ms = 60_000) {
    return this.world.clock.runUntil(done, ms);
  }
  pass(ms: number) {
    return this.world.clock.runUntil(() => false, ms);
  }
}
