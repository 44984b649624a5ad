import { cause, defineContract, event, rejected, transient, unsafe } from '@refrain/contract-kit';
import { type Commit, decodeBody, type Entity, newCommit, type RecordedEvent } from '@refrain/event-log';
import { defineDecider } from '@refrain/decider';
import { deadline, effect, on, type ServiceDefinition, service } from '@refrain/runtime';
import { z } from 'zod';

/** A desk asks, a till sells once and prints; made for logs that are written by hand. */
const id = z.string();
const desk = defineContract({
  service: 'desk',
  entities: {
    slip: { id: 'id', events: { Asked: event(1, { id, price: z.int() }), Chatted: event(1, { id }) } },
  },
});
const till = defineContract({
  service: 'till',
  entities: {
    sale: {
      id: 'id',
      events: {
        Sold: event(1, { id, price: z.int() }),
        Closed: event(1, { id }),
        Printed: event(1, { id }),
        Unprinted: event(1, { id }),
      },
    },
  },
  waits: ['Unprinted'],
  effects: {
    print: {
      after: 'Sold',
      dependency: 'printer',
      steps: ['print'],
      timeoutMs: 1_000,
      repeat: unsafe(),
      retry: { attempts: 2, firstDelayMs: 100, maxDelayMs: 100 },
      failures: {
        empty: rejected({ records: 'Unprinted' }),
        jammed: transient({ happened: 'unknown', givingUp: 'Unprinted' }),
      },
    },
  },
});

/** What a build of the till may decide otherwise. */
export interface Build {
  readonly priceOf?: (asked: number) => number;
  readonly reaction?: string;
  readonly throws?: boolean;
}

/** The till as one build or another has it. */
export function tillService({ priceOf = (price) => price, reaction = 'sell', throws = false }: Build = {}) {
  const sale = defineDecider(till, 'sale', { price: 0, printed: false, closed: false })({
    evolve: {
      Sold: (state, { price }) => {
        state.price = price;
      },
      Closed: (state) => {
        state.closed = true;
      },
      Printed: (state) => {
        state.printed = true;
      },
      Unprinted: () => {},
    },
    decide: {
      sell: ({ price }, asked: { id: string; price: number }) => {
        if (throws) throw new Error('the drawer is stuck');
        return price > 0 ? [] : [till.Sold({ id: asked.id, price: priceOf(asked.price) })];
      },
      recordPrinted: (state, printed: { id: string }) => (state.printed ? [] : [till.Printed(printed)]),
      close: (state, its: { id: string }) => (state.closed ? [] : [till.Closed({ id: its.id })]),
    },
  });
  return service({
    contract: till,
    deciders: [sale],
    reactions: [on(desk.Asked, reaction, sale.sell)],
    deadlines: [deadline(till.Sold, 'close', 60_000, sale.close)],
    effects: [
      effect(till, 'print', {
        print: async () => {
          throw new Error('a replay printed');
        },
        classify: () => undefined,
      }),
    ],
  }) satisfies ServiceDefinition;
}

type Event = Pick<RecordedEvent, 'type' | 'data' | 'cause' | 'reaction'> & Partial<RecordedEvent>;

/** Writes a service's log by hand. */
export class Writer {
  readonly commits: Commit[] = [];
  readonly #service: string;
  readonly #last = new Map<string, number>();

  constructor(name: string) {
    this.#service = name;
  }

  add(entityType: string, entityId: string, ...events: readonly Event[]): this {
    const entity: Entity = { service: this.#service, entityType, entityId };
    const seq = this.commits.length + 1;
    const name = `${entityType}/${entityId}`;
    const expected = this.#last.get(name) ?? 0;
    const recorded = events.map((one, i) => {
      return { id: `${this.#service}-${seq}-${i}`, version: 1, correlation: entityId, ...one };
    });
    const { id: commitId, body } = newCommit({ entity, expected, events: recorded });
    this.#last.set(name, seq);
    this.commits.push({
      entity,
      seq,
      id: commitId,
      expected,
      at: seq * 1_000,
      types: recorded.map(({ type, version }) => `${type}.${version}`),
      bytes: body.length,
      body: () => decodeBody(body, { service: this.#service, seq }),
    });
    return this;
  }
}

/** An event that the till hears; its id is `desk-<seq>-0`. */
export const asked = (entityId: string, price: number): Event => ({
  type: 'Asked',
  data: { id: entityId, price },
  cause: cause.request('a', entityId),
  reaction: 'ask',
});

/** What the till records because of the desk's event at this sequence. */
export const because = (seq: number, type: string, data: object): Event => ({
  type,
  data,
  cause: cause.event(`desk-${seq}-0`),
  reaction: 'sell',
});
