import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { auditOf, brokenIn } from './audit.fixture.ts';
import { invariants } from './mod.ts';
import type { Story } from './story.fixture.ts';

type Invariant = (typeof invariants)[number];
/** Tried where events bear real ids, and where it is known how soon: `audit-identity`, `audit-pace`. */
const elsewhere = [
  'an event is named by what led to it',
  'an operation is named by what it does',
  'what is due is done',
  'a deadline is answered',
] as const satisfies Invariant[];
type Elsewhere = (typeof elsewhere)[number];

const flow = 'one';
const charge = { service: 'payments', entity: 'charge/one', flow };
const warehouse = { service: 'inventory', entity: 'warehouse/main', flow };
const lines = (quantity: number) => ({ data: { orderId: flow, lines: [{ sku: 'tea', quantity }] } });

/** One way to break each promise. What else it breaks is named too. */
const plants: Readonly<
  Record<Exclude<Invariant, Elsewhere>, [spoil: (story: Story) => void, ...besides: Invariant[]]>
> = {
  'at most one charge per order': [
    (s) => s.line('charge', flow, 0),
    'an order is charged its total',
    'what happened is on record',
  ],
  'at most one refund per order': [
    (s) => s.line('refund', 'two', 0),
    'a refund gives back what was charged',
    'what happened is on record',
  ],
  'at most one mail per order': [(s) => s.mails.push(s.mails[0] as Story['mails'][0])],
  'an order is charged its total': [
    (s) => (s.ledger[0] = { ...(s.ledger[0] as Story['ledger'][0]), amount: 400 }),
    'a completed order is paid',
  ],
  'a refund gives back what was charged': [
    (s) => (s.ledger[2] = { ...(s.ledger[2] as Story['ledger'][0]), amount: 400 }),
    'a cancelled order keeps no money',
  ],
  'an order ends one way': [
    (s) =>
      s.tell({
        service: 'orders',
        entity: 'order/one',
        flow,
        cause: 'request:x',
        events: [{ type: 'OrderCancelled' }],
      }),
  ],
  'a completed order is paid': [(s) => s.ledger.splice(0, 1), 'what is on record happened'],
  'a completed order keeps its stock': [
    (s) => {
      const asked = s.tell({
        ...warehouse,
        entity: 'reservation/one',
        cause: 'request:x',
        events: [{ type: 'ReleaseRequested' }],
      });
      s.tell({ ...warehouse, cause: asked, events: [{ type: 'StockReleased', ...lines(2) }] });
      s.stockViews = [{ sku: 'tea', onHand: 10, reserved: 0 }];
    },
    'a completed order undoes nothing',
  ],
  'a completed order undoes nothing': [
    (s) =>
      s.tell({
        ...charge,
        service: 'orders',
        entity: 'order/one',
        cause: 'request:x',
        events: [{ type: 'OrderChargeUndone' }],
      }),
  ],
  'a cancelled order undoes what it did': [
    (s) => {
      const stream = s.streams['inventory'] ?? [];
      stream.splice(
        stream.findIndex(({ types }) => types.includes('ReservationReleased.1')),
        1,
      );
    },
  ],
  'a cancelled order keeps no money': [(s) => s.ledger.splice(2, 1), 'what is on record happened'],
  'a cancelled order keeps no stock': [
    (s) => {
      const released =
        s.streams['inventory']?.findIndex(({ types }) => types.includes('StockReleased.1')) ?? 0;
      s.streams['inventory']?.splice(released - 1, 3);
      s.stockViews = [{ sku: 'tea', onHand: 10, reserved: 4 }];
    },
    'a cancelled order undoes what it did',
  ],
  'what is on record happened': [(s) => s.mails.splice(0, 1)],
  'what happened is on record': [(s) => s.line('refund', flow, 0), 'a refund gives back what was charged'],
  'nothing happens after an order has settled': [
    (s) => {
      s.wait(2_000);
      s.tell({ ...charge, cause: 'request:x', events: [{ type: 'ChargeUnwanted' }] });
    },
  ],
  'nothing happens without an order': [(s) => s.line('charge', 'nobody')],
  'an event id is unique': [
    (s) => {
      const first = s.streams['payments']?.[0];
      if (first) s.streams['payments']?.push({ ...first, seq: 1 });
    },
  ],
  'a cause is handled once': [
    (s) => {
      const [placed] = s.streams['orders']?.[0]?.body().events ?? [];
      s.tell({ ...charge, cause: `event:${placed?.id}`, events: [{ type: 'refrain.Noted' }] });
    },
  ],
  'a cause stands in the log': [
    (s) => s.tell({ ...charge, cause: 'event:nothing', events: [{ type: 'refrain.Noted' }] }),
  ],
  'a flow keeps its name': [
    (s) => {
      const [placed] = s.streams['orders']?.[0]?.body().events ?? [];
      s.tell({
        ...charge,
        flow: 'two',
        cause: `event:${placed?.id}`,
        events: [{ type: 'ChargeUnwanted', cause: `event:${placed?.id}` }],
      });
    },
    'a cause is handled once',
  ],
  'attempts are numbered without a gap': [(s) => s.failure(flow, 3, { class: 'outage' })],
  'a refusal answers the latest attempt': [
    (s) => {
      const late = { ...charge, entity: 'charge/late' };
      s.tell({
        ...late,
        cause: 'request:x',
        events: [{ type: 'ChargeRequested', operation: 'charge-late' }],
      });
      s.call('confirm', 'charge-late');
      s.failure('late', 1);
      s.call('confirm', 'charge-late');
      const cause = 'outcome:charge-late:1:card_declined';
      s.tell({ ...late, cause, events: [{ type: 'ChargeDeclined' }] });
    },
  ],
  'an outcome belongs to an operation': [
    (s) => s.tell({ ...charge, cause: 'outcome:nothing:1:ok', events: [{ type: 'refrain.Noted' }] }),
  ],
  'what a newer build wrote waits': [
    (s) => {
      const error = 'RF_EVENT_NEWER: OrderPaid has version 2, this build knows 1. It waits.';
      const data = { cause: 'event:x', reaction: 'hear', error };
      s.tell({ ...charge, cause: 'request:newer', events: [{ type: 'refrain.Defect', data }] });
    },
  ],
  'every failed attempt is explained': [(s) => s.failure(flow, 2, { class: 'outage', reason: '' })],
  'a delay follows from its rule': [(s) => s.failure(flow, 2, { step: 'create', delayMs: 3 })],
  'every operation has an outcome or waits visibly': [
    (s) =>
      s.tell({ ...charge, cause: 'request:x', events: [{ type: 'ChargeUnwanted', operation: 'silent' }] }),
  ],
  'no call without its intent': [(s) => s.call('create', 'nobody-asked')],
  'calls stay within the budget': [
    (s) => {
      for (let i = 0; i < 13; i++) s.call('create', 'charge-one', 'replayed');
    },
  ],
  'every recorded attempt is in /calls': [(s) => s.calls.splice(1, 1)],
  'calls <= recorded attempts + kills': [(s) => s.call('confirm', 'charge-one')],
  'a mail is sent only under its start mark': [
    (s) => s.mailCalls.push(s.mailCalls[0] as Story['mailCalls'][0]),
  ],
  'held stock is between nothing and what came in': [
    (s) => {
      const asked = s.tell({
        ...warehouse,
        flow: 'three',
        entity: 'reservation/three',
        cause: 'request:x',
        events: [{ type: 'ReservationRequested' }],
      });
      s.tell({ ...warehouse, flow: 'three', cause: asked, events: [{ type: 'StockReserved', ...lines(9) }] });
      s.stockViews = [{ sku: 'tea', onHand: 10, reserved: 11 }];
    },
  ],
  'the warehouse answers each request once': [
    (s) =>
      s.tell({
        ...warehouse,
        flow: 'three',
        entity: 'reservation/three',
        cause: 'request:x',
        events: [{ type: 'ReservationRequested' }],
      }),
  ],
  'receipts - held = onHand - reserved': [(s) => (s.stockViews = [{ sku: 'tea', onHand: 10, reserved: 3 }])],
  'GET /orders equals the streams': [
    (s) => (s.orderViews[1] = { orderId: 'two', status: 'cancelled', reason: 'deadline' }),
  ],
};

test('finds nothing in a shop that kept its promises, and checked every one of them', () => {
  const audit = auditOf(() => {});
  expect(audit.violations).toEqual([]);
  expect(audit).toMatchObject({ unchecked: [], waiting: [], unsettled: [] });
  const unseen = Object.keys(audit.invariants).filter((name) => audit.invariants[name] === 0);
  const nobodyRefuses = 'a refusal answers the latest attempt';
  const noDefect = 'what a newer build wrote waits';
  expect(unseen.toSorted()).toEqual([...elsewhere, nobodyRefuses, noDefect].toSorted());
  expect(audit.checked).toEqual({
    orders: 2,
    events: 30,
    operations: 5,
    charges: 2,
    refunds: 1,
    mails: 2,
    calls: 7,
    unrecordedCalls: 0,
  });
});

describe('finds a planted violation:', () => {
  it.each(Object.entries(plants))('%s', (invariant, [spoil, ...besides]) => {
    expect(brokenIn(auditOf(spoil)).sort()).toEqual([invariant, ...besides].sort());
  });
});

test('counts a kill as one call of an operation that nobody recorded, and no more', () => {
  const twice = (s: Story): void => {
    s.call('confirm', 'charge-one', 'replayed');
    s.call('confirm', 'charge-two', 'replayed');
  };
  expect(auditOf(twice, { kills: 1 })).toMatchObject({ violations: [], checked: { unrecordedCalls: 2 } });
  const thrice = (s: Story): void => {
    twice(s);
    s.call('confirm', 'charge-one', 'replayed');
  };
  expect(auditOf(thrice, { kills: 1 }).violations).toEqual([
    {
      invariant: 'calls <= recorded attempts + kills',
      where: 'operation charge-one',
      found: '4 calls, 2 attempts on record, 1 kills',
    },
  ]);
});

test('a call for an operation that nobody asked for is excused by no kill', () => {
  expect(brokenIn(auditOf((s) => s.call('refund', 'refund-one'), { kills: 9 }))).toEqual([
    'no call without its intent',
    'calls <= recorded attempts + kills',
  ]);
});

test.each([
  ['no answer within 5000 ms', []],
  ['read ECONNRESET', []],
  ['socket hang up', []],
  ['An error of ours', ['every recorded attempt is in /calls']],
])('an attempt that failed with "%s" need not have reached the provider', (reason, broken) => {
  const spoil = (s: Story): void => {
    s.failure('one', 2, { reason });
  };
  expect(brokenIn(auditOf(spoil))).toEqual(broken);
});

test.each([
  { step: 'create' },
  { step: 'lookup' },
  { step: 'close' },
  { class: 'outage', failure: 'provider_down' },
])('an attempt that ended at %o is no call of the last step', (more) => {
  expect(auditOf((s) => s.failure('one', 2, more)).violations).toEqual([]);
});

test('what the provider said when it was asked is no call', () => {
  const asked = (s: Story): void => {
    for (const verdict of ['happened', 'not-happened', 'gave-up'])
      s.tell({ ...charge, cause: `outcome:charge-one:3:${verdict}`, events: [{ type: 'refrain.Noted' }] });
  };
  expect(auditOf(asked).violations).toEqual([]);
});

test('says of each invariant what it means in docs/audit.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/audit.md'), 'utf8');
  expect(invariants.filter((name) => !page.includes(`**${name}**`))).toEqual([]);
});
