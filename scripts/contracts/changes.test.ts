import { describe, expect, test } from 'vitest';
import { shopServices } from '../choreography/shop-services.ts';
import { type Change, changesOf } from './changes.ts';
import { deploymentOrder } from './deployment.ts';
import { describe as described, type Description } from './description.ts';
import { type Edits, edited } from './edited.fixture.ts';

const shop = JSON.parse(JSON.stringify(described(shopServices()))) as Description;
const changed = (edits: Edits): Change[] => changesOf(shop, edited(shop, edits));
const listOf = (service: string, list: 'hears' | 'waits'): readonly string[] => shop[service]?.[list] ?? [];
const schemaOf = (type: string): { properties: Record<string, unknown>; required: string[] } => {
  const found = Object.values(shop).flatMap(({ events }) => events[type] ?? [])[0];
  return found?.versions[found.version] as unknown as ReturnType<typeof schemaOf>;
};
const told = 'inventory.outsiders.depot.tells.GoodsArrived';
const reasons = (schemaOf('OrderCancelling').properties['reason'] as { enum: string[] }).enum;

const placed = 'orders.events.OrderPlaced.versions.1';
const reason = 'orders.events.OrderCancelling.versions.1.properties.reason.enum';
const charge = 'payments.effects.charge';

describe('what breaks somebody', () => {
  test.each<[string, Edits, string, RegExp]>([
    [
      'a field is removed',
      { [`${placed}.properties.total`]: undefined },
      'orders.OrderPlaced: total was removed',
      /log.*\n.*payments \("request the charge"\)/,
    ],
    [
      'a field is added, required',
      {
        'orders.events.OrderPaid.versions.1.properties.at': { type: 'string' },
        'orders.events.OrderPaid.versions.1.required': ['orderId', 'at'],
      },
      'orders.OrderPaid: at was added',
      /the log: what is stored as version 1/,
    ],
    [
      'a field is added, optional',
      { [`${placed}.properties.note`]: { type: 'string' } },
      'orders.OrderPlaced: note was added, optional',
      /inventory \("request the reservation"\) as it was built before/,
    ],
    [
      'a type is another one',
      { [`${placed}.properties.requestHash.type`]: 'integer' },
      'orders.OrderPlaced: requestHash is "integer" and was "string"',
      /the log/,
    ],
    [
      'a type is narrowed',
      { [reason]: reasons.slice(1) },
      'orders.OrderCancelling: reason may no more be "card_declined"',
      /^the log: [^\n]*$/,
    ],
    [
      'a type is widened',
      { [reason]: [...reasons, 'mood'] },
      'orders.OrderCancelling: reason may also be "mood"',
      /"give the (money|stock) back"\) as it was built before\n/,
    ],
    [
      'a bound is tightened',
      { [`${placed}.properties.lines.items.properties.quantity.maximum`]: 9 },
      'orders.OrderPlaced: lines[].quantity has the maximum 9',
      /^the log/,
    ],
    [
      'what was optional is required',
      { 'inventory.events.StockRefused.versions.1.required': ['orderId', 'reason', 'sku'] },
      'inventory.StockRefused: sku was optional and is required',
      /^the log/,
    ],
    [
      'an event is gone',
      { 'payments.events.ChargeDeclined': undefined },
      'payments.ChargeDeclined: the event is gone',
      /nobody\norders \(".*"\) hears it/,
    ],
    [
      'an event belongs to another entity',
      { 'inventory.events.StockReserved.entity': 'reservation' },
      'inventory.StockReserved: it belongs to reservation',
      /the log/,
    ],
    [
      'a version is lowered',
      { 'payments.events.ChargeCaptured.version': 1 },
      'payments.ChargeCaptured: version 2 became 1',
      /the log: what is stored as version 2/,
    ],
    [
      'the id of an entity is another field',
      { 'payments.entities.charge.id': 'chargeId' },
      'payments.charge: its id was {"id":"orderId"} and is {"id":"chargeId"}',
      /the log/,
    ],
    [
      'an entity is gone',
      { 'payments.entities.charge': undefined },
      'payments.charge: the entity is gone',
      /the log/,
    ],
    [
      'an undo is another event',
      { 'payments.undoneBy.ChargeCaptured': 'RefundStuck' },
      'payments.ChargeCaptured: RefundStuck undoes it, it was RefundIssued',
      /flows that are cancelled after ChargeCaptured: they wait for RefundIssued\norders \("/,
    ],
    [
      'something is shown to nobody any more',
      { 'payments.waits': listOf('payments', 'waits').slice(0, 1) },
      'payments.RefundStuck: it is no more among the waits',
      /a person/,
    ],
    [
      'a reaction is lost',
      { 'payments.hears': listOf('payments', 'hears').slice(0, 1) },
      'payments: no more hears orders.OrderPlaced: request the charge',
      /flows under way/,
    ],
    [
      'a deadline is lost',
      { 'orders.deadlines': [] },
      'orders: no more has a deadline after OrderPlaced',
      /flows under way/,
    ],
    [
      'a further type of entity is heard',
      { 'orders.hears': [...listOf('orders', 'hears'), 'inventory.StockReleased: note it'] },
      'orders: hears inventory.StockReleased: note it, which is new',
      /^`up`/,
    ],
    [
      'an effect is gone',
      { 'payments.effects.refund': undefined },
      'payments.refund: the effect is gone',
      /operations under way/,
    ],
    [
      'a step has another name',
      { [`${charge}.steps`]: ['make', 'confirm'] },
      "payments.charge: the rule's steps is",
      /the provider's key/,
    ],
    [
      'a key is good for a shorter time',
      { [`${charge}.repeat.horizonMs`]: 1 },
      "payments.charge: the rule's repeat is",
      /operations under way/,
    ],
    [
      'a failure surely did not happen',
      { [`${charge}.failures.provider_error.happened`]: 'no' },
      'payments.charge: the failure provider_error is',
      /may be done twice/,
    ],
    [
      'giving up records another event',
      { [`${charge}.failures.provider_down.givingUp`]: 'ChargeAbandoned' },
      'payments.charge: the failure provider_down is',
      /who waits for ChargeFailed/,
    ],
    [
      'a failure is gone',
      { [`${charge}.failures.provider_down`]: undefined },
      'payments.charge: the failure provider_down is gone',
      /a defect/,
    ],
    [
      'a service is gone',
      { notifications: undefined },
      'notifications: the service is gone',
      /EVENTS_NOTIFICATIONS/,
    ],
  ])('%s', (_, edits, line, breaks) => {
    const found = changed(edits).filter(({ where, what }) => `${where}: ${what}`.startsWith(line));
    expect(found.map(({ breaks: whom }) => whom.join('\n'))).toEqual([expect.stringMatching(breaks)]);
    expect(found[0]?.todo ?? '').not.toBe('');
  });
});

describe('what breaks an outsider', () => {
  test.each<[string, Edits, string]>([
    ['it is gone', { 'inventory.outsiders.depot': undefined }, 'may tell GoodsArrived no more'],
    [
      'a bound is tightened',
      { [`${told}.versions.1.properties.quantity.maximum`]: 9 },
      'GoodsArrived: quantity has the maximum 9 and had 1000000',
    ],
    ['it is heard no more', { 'inventory.outsiders.depot.hears': [] }, 'may hear receipt no more'],
  ])('%s', (_, edits, what) => {
    const found = changed(edits).filter((one) => one.what === what);
    expect(found).toMatchObject([
      { where: 'inventory with depot', breaks: [expect.stringContaining('depot: ')] },
    ]);
    expect(found[0]?.todo ?? '').not.toBe('');
  });

  test('what it may tell besides, and a wider bound, do not', () => {
    const wider = { [`${told}.versions.1.properties.quantity.maximum`]: 2_000_000 };
    const more = { 'inventory.outsiders.depot.tells.GoodsCounted': { version: 1, versions: { 1: {} } } };
    expect(changed({ ...wider, ...more }).map(({ breaks }) => breaks)).toEqual([[], []]);
  });
});

describe('what breaks nobody', () => {
  test.each<[string, Edits, string]>([
    [
      'an event is new',
      { 'orders.events.OrderGifted': { entity: 'order', version: 1, versions: { 1: {} } } },
      'orders.OrderGifted: the event is new',
    ],
    [
      'a first reaction to a service',
      { 'notifications.hears': [...listOf('notifications', 'hears'), 'payments.ChargeDeclined: write'] },
      'notifications: hears payments.ChargeDeclined: write, which is new',
    ],
    [
      'an effect is tried more often',
      { [`${charge}.retry.attempts`]: 12 },
      "payments.charge: the rule's retry is",
    ],
    [
      'a failure is new',
      { [`${charge}.failures.odd`]: { class: 'rejected', happened: 'no', records: 'ChargeDeclined' } },
      'payments.charge: the failure odd is new',
    ],
    ['a service is new', { shipping: { ...shop['orders'], events: {} } }, 'shipping: the service is new'],
  ])('%s', (_, edits, line) => {
    const found = changed(edits);
    expect(found.map(({ where, what }) => `${where}: ${what}`)).toEqual([expect.stringContaining(line)]);
    expect(found[0]?.breaks).toEqual([]);
  });
});

const raised = (service: string, type: string): Edits => {
  const { version = 0, versions = {} } = shop[service]?.events[type] ?? {};
  const at = `${service}.events.${type}`;
  return { [`${at}.version`]: version + 1, [`${at}.versions.${version + 1}`]: versions[version] };
};
const orderOf = (edits: Edits) => deploymentOrder(edited(shop, edits), changed(edits));
const stepsOf = (edits: Edits): unknown => orderOf(edits).map(({ services }) => services);

describe('the order of deployment', () => {
  test('who hears a newer version comes before who records it', () => {
    const edits = raised('orders', 'OrderPlaced');
    expect(changed(edits)[0]).toMatchObject({ what: 'version 1 became 2', breaks: [] });
    expect(stepsOf(edits)).toEqual([['inventory', 'payments'], ['orders']]);
  });

  test('a chain of readers is followed to its end', () => {
    const edits = { ...raised('payments', 'ChargeCaptured'), ...raised('orders', 'OrderCompleted') };
    expect(stepsOf(edits)).toEqual([['notifications'], ['orders'], ['payments']]);
  });

  test('two that wait for each other come together, and it says why', () => {
    const order = orderOf({ ...raised('payments', 'ChargeCaptured'), ...raised('orders', 'OrderPlaced') });
    expect(order.map(({ services }) => services)).toEqual([['inventory'], ['orders', 'payments']]);
    expect(order[1]?.why).toContain('together');
  });

  test('what nobody hears is deployed by itself, and nothing means nothing', () => {
    expect(stepsOf(raised('notifications', 'MailSent'))).toEqual([['notifications']]);
    expect(stepsOf({})).toEqual([]);
  });
});
