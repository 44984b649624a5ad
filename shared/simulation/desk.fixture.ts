import { cause, defineContract, event, keyed, transient, unsafe } from '@refrain/contract-kit';
import { defineDecider } from '@refrain/decider';
import { parseType, type RecordedEvent } from '@refrain/event-log';
import {
  deadline,
  type Desk,
  effect,
  on,
  type OperationView,
  type ServiceDefinition,
  service,
} from '@refrain/runtime';
import { z } from 'zod';
import { type Faults, type Instance, World } from './world.ts';

const id = z.string();

const source = defineContract({
  service: 'source',
  entities: {
    root: { id: 'id', events: { Placed: event(1, { id, note: z.string() }), Expired: event(1, { id }) } },
  },
});

const calls = { timeoutMs: 1_000, retry: { attempts: 3, firstDelayMs: 100, maxDelayMs: 60_000 } } as const;

const clerk = defineContract({
  service: 'clerk',
  entities: {
    slip: {
      id: 'id',
      events: {
        Asked: event(1, { id }), // the intent of `pay`
        Paid: event(1, { id }),
        NotPaid: event(1, { id }),
        PayLost: event(1, { id }),
        Written: event(1, { id }), // the intent of `post`
        Posted: event(1, { id }),
        PostLost: event(1, { id }),
      },
    },
    pool: { fixedId: 'main', events: { Added: event(1, { id }) } },
  },
  waits: ['PayLost', 'PostLost'],
  effects: {
    pay: {
      ...calls,
      after: 'Asked',
      dependency: 'bank',
      steps: ['pay'],
      repeat: keyed({ horizonMs: 86_400_000, lookup: { visibleWithinMs: 0 } }),
      neverHappened: 'NotPaid',
      failures: { broken: transient({ happened: 'unknown', givingUp: 'PayLost' }) },
    },
    post: {
      ...calls,
      after: 'Written',
      dependency: 'mail',
      steps: ['post'],
      repeat: unsafe(),
      failures: {
        unsent: transient({ happened: 'no', givingUp: 'PostLost' }),
        unknown: transient({ happened: 'unknown', givingUp: 'PostLost' }),
      },
    },
  },
});

const root = defineDecider(source, 'root', { placed: false })({
  evolve: {
    Placed: (state) => {
      state.placed = true;
    },
    Expired: () => {},
  },
  decide: {
    place: (state, data: { id: string; note: string }) => (state.placed ? [] : [source.Placed(data)]),
    expire: (_, data: { id: string }) => {
      if (code.expireThrows) throw new Error(`no time for ${data.id}`);
      return [source.Expired({ id: data.id })];
    },
  },
});

/** What is wrong with "today's code", and what the world does with a call. A test mends both. */
export const code = {
  toCommandThrows: false,
  askThrows: false,
  expireThrows: false,
  addThrows: false,
  pay: 'ok' as Fate,
  post: 'ok' as Fate,
};
type Fate = 'ok' | 'broken' | 'unsent' | 'unknown' | 'surprise';

export const mended = (): void => {
  Object.assign(code, {
    toCommandThrows: false,
    askThrows: false,
    expireThrows: false,
    addThrows: false,
    pay: 'ok',
    post: 'ok',
  });
};

class Fault extends Error {}
const classify = (error: unknown): string | undefined =>
  error instanceof Fault && error.message !== 'surprise' ? error.message : undefined;

const slip = defineDecider(clerk, 'slip', { asked: false, paid: false, posted: false })({
  evolve: {
    Asked: (state) => {
      state.asked = true;
    },
    Paid: (state) => {
      state.paid = true;
    },
    NotPaid: () => {},
    PayLost: () => {},
    Written: () => {},
    Posted: (state) => {
      state.posted = true;
    },
    PostLost: () => {},
  },
  decide: {
    ask: (state, data: { id: string }) => {
      if (code.askThrows) throw new Error(`cannot decide "${data.id}" of 17`);
      return state.asked ? [] : [clerk.Asked(data)];
    },
    recordPaid: (state, data: { id: string }) => (state.paid ? [] : [clerk.Paid(data), clerk.Written(data)]),
    recordPosted: (state, data: { id: string }) => (state.posted ? [] : [clerk.Posted(data)]),
  },
});

/** A hot entity: it reads what is asked of it in its own service's log. */
const pool = defineDecider(
  clerk,
  'pool',
  {},
)({
  evolve: { Added: () => {} },
  decide: {
    add: () => {
      if (code.addThrows) throw new Error('no sum');
      return [];
    },
  },
});

const sourceService = (): ServiceDefinition =>
  service({
    contract: source,
    deciders: [root],
    deadlines: [deadline(source.Placed, 'expire in time', 30_000, root.expire)],
  });

/** A clerk who pays (under a key) and then posts a letter (which nothing protects). */
export class DeskRun {
  readonly world: World;
  readonly paid: string[] = [];
  readonly posted: string[] = [];
  readonly source: Instance;
  clerk: Instance;
  #started = 0;

  constructor(seed: number, faults: Faults = {}) {
    this.world = new World({ seed, ...faults });
    this.world.declare([sourceService(), this.#clerkService()]);
    this.source = this.world.start('source', sourceService);
    this.clerk = this.start();
  }

  start(): Instance {
    const name = `clerk-${++this.#started}`;
    // Hours pass in some tests, and a hot entity that looks four times a second would make them long.
    this.clerk = this.world.start(name, () => this.#clerkService(), { followEveryMs: 10_000 });
    return this.clerk;
  }

  #clerkService(): ServiceDefinition {
    const way = async (): Promise<void> => await this.world.clock.sleep(5);
    return service({
      contract: clerk,
      deciders: [slip],
      hot: [{ decider: pool, answers: [on(clerk.Asked, 'add', pool.add)] }],
      reactions: [
        on(source.Placed, 'ask', (placed) => {
          if (code.toCommandThrows) throw new Error('no command');
          return slip.ask({ id: placed.id });
        }),
      ],
      effects: [
        effect(clerk, 'pay', {
          pay: async (asked, { key }) => {
            await way();
            this.paid.push(key);
            if (code.pay !== 'ok') throw new Fault(code.pay);
            return slip.recordPaid(asked);
          },
          lookup: async () => 'not found',
          classify,
        }),
        effect(clerk, 'post', {
          post: async (written, { key }) => {
            await way();
            if (code.post !== 'unsent') this.posted.push(key);
            if (code.post !== 'ok') throw new Fault(code.post);
            return slip.recordPosted(written);
          },
          happened: slip.recordPosted,
          classify,
        }),
      ],
    });
  }

  place(name: string, note = ''): void {
    const origin = { cause: cause.request('test', name), correlation: name };
    void this.source.host.execute(root.place({ id: name, note }), origin);
  }

  /** Runs what people do while time passes. */
  async does<T>(what: (desk: Desk) => Promise<T>, desk: Desk = this.clerk.host.desk): Promise<T> {
    let settled = false;
    const doing = what(desk).finally(() => {
      settled = true;
    });
    doing.catch(() => {}); // it is awaited below
    await this.world.clock.runUntil(() => settled, 600_000);
    return await doing;
  }

  /** The one operation that is not closed. */
  async open(): Promise<OperationView> {
    const { items } = await this.does((desk) => desk.operations());
    if (items.length !== 1) throw new Error(`expected one open operation, found ${items.length}`);
    return items[0] as OperationView;
  }

  until(done: () => boolean, maxMs = 600_000): Promise<boolean> {
    return this.world.clock.runUntil(done, maxMs);
  }

  pass(ms: number): Promise<boolean> {
    return this.world.clock.runUntil(() => false, ms);
  }

  events(serviceName = 'clerk'): RecordedEvent[] {
    return this.world.broker
      .commitsOf(serviceName)
      .filter(({ entity }) => entity.entityType !== 'pool')
      .flatMap((commit) => [...commit.body().events]);
  }

  /** The types on record, the platform's marks of attempts and the hot entity's answers left out. */
  types(serviceName = 'clerk'): string[] {
    return this.world.broker
      .commitsOf(serviceName)
      .filter(({ entity }) => entity.entityType !== 'pool')
      .flatMap(({ types }) => types.map((text) => parseType(text).type))
      .filter((type) => !type.startsWith('refrain.Attempt'));
  }

  has(type: string, serviceName = 'clerk'): boolean {
    return this.types(serviceName).includes(type);
  }
}
