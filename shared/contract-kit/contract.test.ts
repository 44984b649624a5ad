import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineContract } from './contract.ts';
import { keyed, outage, transient } from './effect-rules.ts';
import { event, personal, personalPaths, unwritten } from './event.ts';

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

  it('does not load before an upcast is written whose place is marked', () => {
    const made = () =>
      defineContract({
        service: 'sample',
        entities: { thing: { id: 'id', events: { Asked: event(2, { id }, { 1: unwritten }) } } },
      });
    expect(made).toThrow('Asked: what version 1 becomes as version 2 is not written yet');
  });

  it('reads what outsiders tell, and refuses an outsider that makes no sense', () => {
    const outside = (outsiders: object) =>
      defineContract({
        service: 'sample',
        entities: { thing: { id: 'id', events: { Asked } } },
        outsiders: outsiders as Record<string, never>,
      });
    const { $tells, $contract } = defineContract({
      service: 'sample',
      entities: { thing: { id: 'id', events: { Asked } } },
      outsiders: { gate: { tells: { Done }, hears: ['thing'] } },
    });
    expect($tells.Done.parse(1, { id: 'x' })).toEqual({ id: 'x', how: 'by hand' });
    const { service, entityType } = $tells.Done;
    expect([service, entityType]).toEqual(['intake.sample', 'gate']);
    expect(Object.keys($contract.events)).toEqual(['Asked']); // what is told is no event of ours
    expect(() => outside({ Gate: { tells: {}, hears: [] } })).toThrow(
      'the outsider "Gate" is not of the form',
    );
    expect(() => outside({ gate: { tells: { Asked }, hears: [] } })).toThrow(
      'gate tells Asked, which is declared',
    );
    expect(() => outside({ gate: { tells: { done: Lost }, hears: [] } })).toThrow('expected the past tense');
    expect(() => outside({ gate: { tells: {}, hears: ['till'] } })).toThrow(
      'gate hears till, which is no entity',
    );
    const gap = event(2, { id });
    expect(() => outside({ gate: { tells: { Gap: gap }, hears: [] } })).toThrow('no upcast from version 1');
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

  it('refuses an effect that takes back what nothing undoes', () => {
    const effects = {
      call: {
        ...call,
        undoes: 'Done',
        failures: { broken: transient({ happened: 'unknown', givingUp: 'Lost' }) },
      },
    } as const;
    const entities = { thing: { id: 'id', events: { Asked, Done, Lost } } };
    const of = (more: object) => () =>
      defineContract({ service: 's', entities, effects, waits: ['Lost'], ...more });
    expect(of({})).toThrow(/call undoes Done, of which undoneBy does not say what undoes it/);
    expect(of({ undoneBy: { Done: 'Lost' } })).not.toThrow();
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

  it.each(['close', 'lookup', 'start', 'classify', 'wanted', 'happened'])(
    'refuses the step %s, which means something else to the platform',
    (step) => {
      const failures = { broken: transient({ happened: 'unknown', givingUp: 'Lost' }) } as const;
      const entities = { thing: { id: 'id', events: { Asked, Lost } } };
      const effects = { call: { ...call, steps: [step], failures } };
      expect(() => defineContract({ service: 's', entities, effects, waits: ['Lost'] })).toThrow(
        `effect call has the step ${step}, a name that is kept for the platform`,
      );
    },
  );

  it('refuses a step that is no part of a key, and one that stands twice', () => {
    const failures = { broken: transient({ happened: 'unknown', givingUp: 'Lost' }) } as const;
    const entities = { thing: { id: 'id', events: { Asked, Lost } } };
    const effects = { call: { ...call, steps: ['a.b', 'c', 'c'], failures } };
    const define = () => defineContract({ service: 's', entities, effects, waits: ['Lost'] });
    expect(define).toThrow('effect call has the step "a.b", expected [A-Za-z0-9_-]{1,64}');
    expect(define).toThrow('effect call has the step c twice');
  });

  it('refuses a type of entities and a fixed id that are no tokens of a subject', () => {
    const define = (entityType: string, fixedId: string) => () =>
      defineContract({ service: 's', entities: { [entityType]: { fixedId, events: { Asked } } } });
    expect(define('a.b', 'main')).toThrow('the entity type "a.b" is not of the form [A-Za-z0-9_-]{1,64}');
    expect(define('intake', 'main')).toThrow('the entity type intake is kept for the platform');
    for (const fixedId of ['', '*', 'a b', 'x'.repeat(65)])
      expect(define('pool', fixedId)).toThrow(`the fixed id "${fixedId}" of pool is not of the form`);
    expect(define('pool', 'main')).not.toThrow();
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
