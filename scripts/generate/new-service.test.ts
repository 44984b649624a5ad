import { defineContract, event } from '@refrain/contract-kit';
import { z } from 'zod';
import { describe, expect, test } from 'vitest';
import type { Surroundings } from './names.ts';
import { type NewService, newService } from './new-service.ts';

const orderId = z.string();
const orders = defineContract({
  service: 'orders',
  entities: {
    order: {
      id: 'orderId',
      events: { OrderPlaced: event(1, { orderId }), OrderCompleted: event(1, { orderId }) },
    },
    shelf: { fixedId: 'main', events: { ShelfFilled: event(1, { orderId }) } },
    receipt: { id: 'receiptId', events: { ReceiptConfirmed: event(1, { receiptId: z.string() }) } },
  },
});
const about: Surroundings = {
  contracts: [orders.$contract],
  ports: [10, 15],
  folders: ['orders', 'governor'],
  lock: JSON.stringify({ name: 'root', packages: { '': {}, 'services/z': {} } }),
};

const asked: NewService = { service: 'shipping', reactsTo: ['orders.OrderCompleted'], entity: 'shipment' };
const plan = (more: Partial<NewService> = {}) =>
  new Map(newService({ ...asked, ...more }, about).map(({ path, text }) => [path, text]));

test('a service is its files and two packages of the workspace in the lock', () => {
  const files = plan();
  expect([...files.keys()].sort()).toEqual([
    'package-lock.json',
    'services/shipping/contract/index.ts',
    'services/shipping/contract/names.json',
    'services/shipping/contract/package.json',
    'services/shipping/contract/samples/ShipmentRequested.1.json',
    'services/shipping/contract/tsconfig.json',
    'services/shipping/main.ts',
    'services/shipping/package.json',
    'services/shipping/reactions.ts',
    'services/shipping/service.ts',
    'services/shipping/shipment.test.ts',
    'services/shipping/shipment.ts',
    'services/shipping/stand-in.ts',
    'services/shipping/tsconfig.json',
  ]);
  expect(files.get('services/shipping/package.json')).toContain('"refrain": { "port": 16 }');
  const lock = JSON.parse(files.get('package-lock.json') ?? '') as { packages: Record<string, object> };
  expect(lock.packages['node_modules/@refrain/contract-shipping']).toEqual({
    resolved: 'services/shipping/contract',
    link: true,
  });
  expect(Object.keys(lock.packages).at(-1)).toBe('services/z');
  expect([...files.values()].join('')).not.toContain('{{');
});

test('what it hears are its reactions, whose names are kept', () => {
  const one = plan();
  expect(one.get('services/shipping/reactions.ts')).toContain(
    "on(orders.OrderCompleted, 'request the shipment', shipment.request)",
  );
  expect(one.get('services/shipping/contract/names.json')).toContain(
    '"orders.OrderCompleted: request the shipment"',
  );
  const two = plan({ reactsTo: ['orders.OrderPlaced', 'orders.OrderCompleted'] });
  expect(two.get('services/shipping/reactions.ts')).toContain(
    "on(orders.OrderPlaced, 'request the shipment after OrderPlaced', shipment.request)",
  );
});

test('without a name for what it decides about, that bears its own in the singular', () => {
  expect([...plan({ service: 'parcels', entity: undefined }).keys()]).toContain('services/parcels/parcel.ts');
  const same = plan({ entity: undefined });
  expect(same.get('services/shipping/shipping.ts')).toContain('import { shipping as contract } from');
  const long = plan({ service: 'last-mile', entity: undefined });
  expect(long.get('services/last-mile/last-mile.ts')).toContain("defineDecider(contract, 'lastMile'");
});

describe('refused, and all that is wrong is said at once', () => {
  test.each([
    [{ service: 'Shipping' }, 'expected a name in kebab-case'],
    [{ service: '../x' }, 'expected a name in kebab-case'],
    [{ service: 'orders' }, 'services/orders/ is there already'],
    [{ service: 'governor' }, 'the name means something else'],
    [{ service: 'class' }, 'the name means something else'],
    [{ service: 'constructor' }, 'service "constructor": the name means something else'],
    [{ entity: 'valueOf' }, 'entity "valueOf": the name means something else'],
    [{ reactsTo: ['orders.constructor'] }, 'unknown event "orders.constructor"'],
    [{ service: 'orders-archive' }, 'it would be taken for an instance of orders'],
    [{ entity: 'Shipment' }, 'expected a name in camelCase'],
    [{ entity: 'orders' }, 'entity "orders": the name means something else'],
    [{ entity: 'return' }, 'entity "return": the name means something else'],
    [{ reactsTo: [] }, '--reacts-to: expected <service>.<Event>, found nothing'],
    [
      { reactsTo: ['orders.OrderDone'] },
      'unknown event "orders.OrderDone", expected one of orders.OrderPlaced',
    ],
    [
      { reactsTo: ['billing.Billed'] },
      'unknown event "billing.Billed", expected one of <service>.<Event> of orders',
    ],
    [{ reactsTo: ['orders.ShelfFilled'] }, 'is an event of the shelf, which belongs to no single flow'],
    [{ reactsTo: ['orders.OrderPlaced', 'orders.ReceiptConfirmed'] }, 'expected events with one id'],
    [{ service: 'X', reactsTo: ['y'] }, /service "X".*unknown event "y".*Nothing was written/],
  ])('%j', (more, said) => {
    expect(() => plan(more)).toThrow(said);
  });
});
