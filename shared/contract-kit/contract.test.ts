import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineContract } from './contract.ts';
import { keyed, outage, transient } from './effect-rules.ts';
import { event, personal, personalPaths } from './event.ts';

const id = z.string();
const Asked = event(1, { id });
const Done = event(2, { id, how: z.string() }, { 1: (v1: { id: string }) => ({ ...v1, how: 'by hand' }) });
const Lost = event(1, { id });
const call = {
  after: 'Asked',
  dependency: 'world',
  steps: ['call'],
  timeoutMs: 1_000,
  repeat: keyed({ horizonMs: 1_000 }),
  retry: { attempts: 3, firstDelayMs: 10, maxDelayMs: 100 },
} as const;

const sample = () =>
  defineContract({
    service: 'sample',
    entities: { thing: { id: 'id', events: { Asked, Done, Lost } } },
    undoneBy: { Asked: 'Lost' },
  });

describe('a contract', () => {
  it('makes events of its current version and reads stored ones of every version', () => {
    const { Done: done } = sample();
    expect(done({ id: 'x', how: 'fast' })).toEqual({
      type: 'Done',
      service: 'sample',
      version: 2,
      data: { id: 'x', how: 'fast' },
    });
    expect(done.parse(1, { id: 'x' })).toEqual({ id: 'x', how: 'by hand' });
    expect(() => done.parse(3, { id: 'x' })).toThrow(
      /RF_EVENT_NEWER: Done has version 3, this build knows 2/,
    );
    expect(() => done.parse(2, { id: 'x' })).toThrow(/RF_EVENT_INVALID: Done version 2/);
  });

  it('refuses a version without its upcast, and says which', () => {
    expect(() =>
      defineContract({
        service: 's',
        entities: { e: { id: 'id', events: { Changed: event(3, { id }, { 1: (v: object) => v }) } } },
      }),
    ).toThrow(/Changed has version 3 and no upcast from version 2/);
  });

  it('refuses to give up on an unknown outcome silently', () => {
    const effects = {
      call: { ...call, failures: { broken: transient({ happened: 'unknown', givingUp: 'Lost' }) } },
    } as const;
    const entities = { thing: { id: 'id', events: { Asked, Lost } } };
    expect(() => defineContract({ service: 's', entities, effects })).toThrow(
      /giving up on an unknown outcome records Lost, which is neither in waits nor undone/,
    );
    expect(() => defineContract({ service: 's', entities, effects, waits: ['Lost'] })).not.toThrow();
  });

  it('names every problem at once', () => {
    const effects = {
      call: {
        ...call,
        timeoutMs: 0,
        retry: { attempts: 0, firstDelayMs: 10, maxDelayMs: 100 },
        failures: { gone: outage({ happened: 'no', givingUp: 'Done' }) },
      },
    } as const;
    const problems = () =>
      defineContract({
        service: 'S',
        entities: { thing: { id: 'other', events: { Asked, Done } } },
        effects,
      });
    for (const problem of [
      /service name "S"/,
      /Asked lacks the field other/,
      /attempts is 0/,
      /timeoutMs is 0/,
      /Done, which needs more than the entity's id: /,
    ])
      expect(problems).toThrow(problem);
  });

  it('knows its personal fields', () => {
    expect(personalPaths({ id, customer: z.strictObject({ email: personal(z.string()) }) })).toEqual([
      'customer.email',
    ]);
  });

  it('finds a personal field in lists, choices and what may be left out', () => {
    const name = personal(z.string());
    const shape = {
      guests: z.array(z.strictObject({ name })),
      host: z.strictObject({ name: name.optional() }).optional(),
      way: z.discriminatedUnion('by', [
        z.strictObject({ by: z.literal('post'), address: z.strictObject({ street: name }).nullable() }),
        z.strictObject({ by: z.literal('shop') }),
      ]),
      notes: z.record(z.string(), name),
      seat: z.tuple([z.int(), name]),
    };
    expect(personalPaths(shape)).toEqual(['guests.name', 'host.name', 'way.address.street', 'notes', 'seat']);
  });
});
