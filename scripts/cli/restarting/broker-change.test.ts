import type { ServiceTopology } from '@refrain/event-log';
import { brokerPlan } from '@refrain/jetstream';
import { expect, test } from 'vitest';
import { changedServices, changeOf, questionsOf, refuseUnknownSources, replaced } from './broker-change.ts';

const durable = (stream: string, name: string, ...entityTypes: string[]) => ({
  stream,
  durable: name,
  entityTypes,
  from: 'beginning' as const,
  maxAckPending: 1,
  ackWaitMs: 1_000,
});
const service = (name: string, ...durables: ReturnType<typeof durable>[]): ServiceTopology => ({
  service: name,
  durables,
  schedules: false,
});

const stock = service('stock');
const vans = service('vans', durable('stock', 'vans', 'box'));
const before = [stock, vans];
const change = (after: ServiceTopology[]) => changeOf(brokerPlan(before), brokerPlan(after));

test('only what is restarted is taken as it is now', () => {
  const now = [service('stock', durable('vans', 'stock', 'van')), service('vans'), service('gifts')];
  const after = replaced(before, now, ['vans', 'elsewhere']);
  expect(after).toEqual([stock, service('vans')]);
  expect(changedServices(before, after)).toEqual(['vans']);
  expect(changedServices(before, before)).toEqual([]);
});

test('nothing differs where nothing changed', () => {
  expect(change(before)).toEqual({ refiltered: [], users: [] });
});

test('a durable that is new may be made at once; its user is to be told', () => {
  const { refiltered, users } = change([service('stock', durable('vans', 'stock', 'van')), vans]);
  expect(refiltered).toEqual([]);
  expect(users).toEqual([{ name: 'stock', asks: ['$JS.API.CONSUMER.INFO.EVENTS_VANS.stock'] }]);
});

test('whatever was noted before, a restarted service is asked for all that it hears', () => {
  expect(questionsOf(brokerPlan(before), ['vans', 'elsewhere'])).toEqual([
    { name: 'vans', asks: ['$JS.API.CONSUMER.INFO.EVENTS_STOCK.vans'] },
  ]);
});

test.each([
  ['a further type', ['box', 'shelf']],
  ['another type', ['shelf']],
  ['all there is', []],
])('one that is to hear %s waits until nobody takes its deliveries, and so back', (_, types) => {
  const other = [stock, service('vans', durable('stock', 'vans', ...types))];
  for (const [from, to] of [
    [before, other],
    [other, before],
  ] as const) {
    const { refiltered, users } = changeOf(brokerPlan(from), brokerPlan(to));
    expect(refiltered.map(({ stream, durable: name }) => `${stream}/${name}`)).toEqual(['EVENTS_STOCK/vans']);
    expect(users).toEqual([]);
  }
});

test('that of an outsider is left to whoever takes its deliveries', () => {
  const hearing = (...hears: string[]) => [
    { ...stock, outsiders: [{ name: 'depot', tells: false, hears }] },
    vans,
  ];
  expect(changeOf(brokerPlan(hearing('box')), brokerPlan(hearing('box', 'shelf'))).refiltered).toEqual([]);
});

test('who hears a service that the running shop does not have is refused', () => {
  const after = [stock, service('vans', durable('gifts', 'vans', 'gift'))];
  expect(() => refuseUnknownSources(after, ['gifts'])).toThrow(
    'vans hears gifts, which is new and not in the running shop. Nothing was restarted.',
  );
  refuseUnknownSources(before, ['gifts']);
});
