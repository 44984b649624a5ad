import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineContract, event } from '@refrain/contract-kit';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Surroundings } from './names.ts';
import { newEffect } from './new-effect.ts';
import { newEvent } from './new-event.ts';
import { newService } from './new-service.ts';
import { newVersion } from './new-version.ts';

const orderId = z.string();
const orders = defineContract({
  service: 'orders',
  entities: {
    order: { id: 'orderId', events: { OrderCompleted: event(1, { orderId }) } },
    line: { id: 'orderId', events: { LineAdded: event(1, { orderId }) } },
    shelf: { fixedId: 'main', events: { ShelfFilled: event(1, { orderId }) } },
  },
});
const shipping = defineContract({
  service: 'shipping',
  entities: { shipment: { id: 'orderId', events: { ShipmentRequested: event(1, { orderId }) } } },
});
const lock = JSON.stringify({ name: 'root', packages: { '': {} } });
const before: Surroundings = { contracts: [orders.$contract], ports: [], folders: ['orders'], lock };
const about: Surroundings = { ...before, contracts: [orders.$contract, shipping.$contract] };

/** What `new service` wrote, as what is new is put into it. */
const service = new Map(
  newService({ service: 'shipping', reactsTo: ['orders.OrderCompleted'], entity: 'shipment' }, before).map(
    ({ path, text }) => [path, text],
  ),
);
const read = (path: string): string | undefined => service.get(path);
const of = (name: string): string => join('services/shipping', name);
const texts = (changes: readonly { path: string; text: string }[]): Map<string, string> =>
  new Map(changes.map(({ path, text }) => [path, text]));

describe('a new event', () => {
  const made = texts(newEvent({ service: 'shipping', type: 'ShipmentLost' }, about, read));

  test('is declared, kept, recorded once by a command, and told to the laws', () => {
    expect([...made.keys()]).toEqual(
      ['contract/index.ts', 'contract/samples/ShipmentLost.1.json', 'shipment.ts', 'shipment.test.ts'].map(
        of,
      ),
    );
    expect(made.get(of('contract/index.ts'))).toContain('ShipmentLost: event(1, { orderId }),');
    expect(made.get(of('shipment.ts'))).toContain('ShipmentLost: (state) => { state.lost = true; },');
    expect(made.get(of('shipment.ts'))).toContain('recordLost: (state, { orderId }');
    expect(made.get(of('shipment.test.ts'))).toContain("name: 'ShipmentLost'");
  });

  test.each([
    [{ service: 'nowhere', type: 'X' }, 'unknown service "nowhere", expected one of orders, shipping'],
    [{ service: 'orders', type: 'OrderCompleted' }, 'orders has one of this name'],
    [{ service: 'orders', type: 'BoxLost' }, 'whose event is it? Expected one of order, line, shelf'],
    [{ service: 'orders', type: 'ShelfEmptied' }, 'the shelf is hot'],
    [{ service: 'orders', type: 'BoxLost', entity: 'box' }, 'unknown entity "box"'],
    [{ service: 'shipping', type: 'shipmentLost' }, 'expected a name in PascalCase'],
    [{ service: 'shipping', type: 'ShipmentUpdated' }, 'say what happened'],
    [{ service: 'shipping', type: 'ShipmentLost', entity: 'constructor' }, 'unknown entity "constructor"'],
    [{ service: 'orders', type: 'OrderLost' }, /has no ".*by hand/],
  ])('%j is refused', (asked, said) => {
    expect(() => newEvent(asked, about, read)).toThrow(said);
  });
});

describe('a new version', () => {
  const asked = { service: 'shipping', type: 'ShipmentRequested', fields: ['weight: z.int()'] };
  const contract = of('contract/index.ts');

  test('has its fields, and what the version before becomes', () => {
    const { changes, version, finishes } = newVersion(
      { ...asked, upcast: '{ ...v1, weight: 7 }' },
      about,
      read,
    );
    expect([version, finishes]).toEqual([2, false]);
    const [{ text } = { text: '' }] = changes;
    expect(text.replaceAll(/\s+/g, ' ')).toContain(
      'ShipmentRequested: event(2, { orderId, weight: z.int(), }, {1: (v1: { orderId: string }) => ({ ...v1, weight: 7 }), }),',
    );
  });

  test('without it the place is marked, and the contract does not load', () => {
    const text = texts(newVersion(asked, about, read).changes).get(contract);
    expect(text).toContain('1: unwritten as (v1: { orderId: string }) => unknown,');
    expect(text).toContain('import { defineContract, event, unwritten }');
  });

  test('its sample is made of that of the version before, once it is there', () => {
    const upcasts = { 1: (v1: { orderId: string }) => ({ ...v1, weight: 7 }) };
    const raised = defineContract({
      service: 'shipping',
      entities: {
        shipment: {
          id: 'orderId',
          events: { ShipmentRequested: event(2, { orderId, weight: z.int() }, upcasts) },
        },
      },
    });
    const now = { ...about, contracts: [orders.$contract, raised.$contract] };
    const { changes, finishes } = newVersion({ ...asked, fields: [] }, now, read);
    expect(finishes).toBe(true);
    const sample = texts(changes).get(of('contract/samples/ShipmentRequested.2.json')) ?? '';
    expect(JSON.parse(sample)).toEqual({ orderId: 'order-7', weight: 7 });
  });

  test.each([
    [{ service: 'nowhere' }, 'unknown service "nowhere"'],
    [{ type: 'ShipmentLost' }, 'unknown event "ShipmentLost", expected one of ShipmentRequested'],
    [{ fields: ['weight'] }, 'expected NAME:SCHEMA'],
    [{ fields: ['orderId: z.int()'] }, 'has one of this name'],
    [{ fields: ['weight: z.nope()'] }, 'z.nope is not a function'],
    [{ fields: ['weight: 5'] }, 'it is no schema'],
    [{ upcast: ' ' }, '--upcast: expected an expression'],
    [{ service: 'orders', type: 'OrderCompleted' }, /has no ".*by hand/],
    [{ type: 'constructor' }, 'unknown event "constructor"'],
  ])('%j is refused', (more, said) => {
    expect(() => newVersion({ ...asked, ...more }, about, read)).toThrow(said);
  });
});

describe('a new effect', () => {
  const asked = { service: 'shipping', effect: 'book', calls: 'carrier' };
  const made = texts(newEffect(asked, about, read));

  test('has its rule, its events with samples, its gateway and its tests', () => {
    for (const name of [
      'contract/samples/ShipmentBooked.1.json',
      'effects.ts',
      'effects.test.ts',
      'gateway.ts',
    ])
      expect(made.has(of(name))).toBe(true);
    expect(made.get(of('contract/index.ts'))).toContain("after: 'ShipmentRequested'");
    expect(made.get(of('contract/index.ts'))).toContain("waits: ['ShipmentUnresolved'");
    expect(made.get(of('contract/names.json'))).toContain('effect book after ShipmentRequested');
    expect(made.get(of('shipment.ts'))).toContain('recordBooked');
    expect(made.get(of('package.json'))).toContain('"CARRIER_URL"');
    expect([...made.values()].join('')).not.toContain('{{');
  });

  test.each([
    [{ service: 'nowhere' }, 'unknown service "nowhere"'],
    [{ effect: 'Book' }, 'expected a verb in camelCase'],
    [{ calls: 'The Carrier' }, '--calls "The Carrier"'],
    [{ after: 'ShipmentLost' }, '--after: unknown event "ShipmentLost"'],
    [{ undoes: 'ShipmentLost' }, '--undoes: unknown event "ShipmentLost"'],
    [{ undoes: 'constructor' }, '--undoes: unknown event "constructor"'],
  ])('%j is refused', (more, said) => {
    expect(() => newEffect({ ...asked, ...more }, about, read)).toThrow(said);
  });
});

test('what is written by hand has the form, too', () => {
  const root = join(import.meta.dirname, '../..');
  const ofTree = (path: string): string => readFileSync(join(root, path), 'utf8');
  const orderOnly = { ...about, contracts: [orders.$contract] };
  expect(newEvent({ service: 'orders', type: 'OrderFound' }, orderOnly, ofTree)).toHaveLength(4);
});
