import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { type Audit, auditShop, invariants, ShopAudit, type ShopRecords } from './mod.ts';
import { shopStory, type Story } from './story.fixture.ts';

type Invariant = (typeof invariants)[number];

const auditOf = (spoil: (story: Story) => void, more: Partial<ShopRecords> = {}): Audit => {
  const story = shopStory();
  spoil(story);
  return auditShop(story.records(more));
};
const brokenIn = ({ violations }: Audit): string[] => [
  ...new Set(violations.map(({ invariant }) => invariant)),
];

const flow = 'one';
const charge = { service: 'payments', entity: 'charge/one', flow };
const warehouse = { service: 'inventory', entity: 'warehouse/main', flow };
const lines = (quantity: number) => ({ data: { orderId: flow, lines: [{ sku: 'tea', quantity }] } });

/** One way to break each promise. What else it breaks is named too. */
const plants: Readonly<Record<Invariant, [spoil: (story: Story) => void, ...besides: Invariant[]]>> = {
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
  ],
  'a cancelled order keeps no money': [(s) => s.ledger.splice(2, 1), 'what is on record happened'],
  'a cancelled order keeps no stock': [
    (s) => {
      const released =
        s.streams['inventory']?.findIndex(({ types }) => types.includes('StockReleased.1')) ?? 0;
      s.streams['inventory']?.splice(released - 1, 2);
      s.stockViews = [{ sku: 'tea', onHand: 10, reserved: 4 }];
    },
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
  'an outcome belongs to an operation': [
    (s) => s.tell({ ...charge, cause: 'outcome:nothing:1:ok', events: [{ type: 'refrain.Noted' }] }),
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
  expect(audit).toMatchObject({ waiting: [], unsettled: [] });
  expect(Object.entries(audit.invariants).filter(([, n]) => n === 0)).toEqual([]);
  expect(audit.checked).toEqual({
    orders: 2,
    events: 29,
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

describe('while orders are under way', () => {
  const placed = (s: Story): string => {
    const data = { orderId: 'three', total: { minor: 500, currency: 'EUR' } };
    const events = [{ type: 'OrderPlaced', data }];
    return s.tell({
      service: 'orders',
      entity: 'order/three',
      flow: 'three',
      cause: 'request:three',
      events,
    });
  };
  const asked = (s: Story): void => {
    const cause = placed(s);
    const events = [{ type: 'ChargeRequested', operation: 'charge-three' }];
    s.tell({ service: 'payments', entity: 'charge/three', flow: 'three', cause, events });
  };
  const running = { orderViews: undefined, stockViews: undefined };

  test('lists the order, what it waits for, and blames nobody for an answer that is on its way', () => {
    const audit = auditOf((s) => {
      asked(s);
      s.call('confirm', 'charge-three');
      s.line('charge', 'three');
    }, running);
    expect(audit.violations).toEqual([]);
    expect(audit.unsettled).toMatchObject([{ orderId: 'three', status: 'placed' }]);
    expect(audit.waiting).toMatchObject([
      { where: 'payments charge/three', orderId: 'three', reason: 'charge: not attempted yet' },
    ]);
  });

  test('one call may be under way, two may not', () => {
    const audit = auditOf((s) => {
      asked(s);
      s.call('confirm', 'charge-three');
      s.call('confirm', 'charge-three');
    }, running);
    expect(brokenIn(audit)).toEqual(['calls <= recorded attempts + kills']);
  });

  test('what happened after the reading began may belong to what was not read', () => {
    const story = shopStory();
    story.wait(1);
    const asOf = Date.parse(story.now());
    story.line('charge', 'four');
    story.mail('four');
    story.call('confirm', 'charge-four');
    expect(auditShop(story.records({ ...running, asOf })).violations).toEqual([]);
    expect(brokenIn(auditShop(story.records({ ...running })))).toContain('nothing happens without an order');
  });

  test('a cause that was stored between two reads is found in the second round', () => {
    const story = shopStory();
    const before = { orders: story.streams['orders']?.length ?? 0 };
    asked(story);
    const audit = new ShopAudit();
    const { streams, ...outside } = story.records(running);
    for (const [service, commits] of Object.entries(streams))
      for (const commit of commits)
        if (service !== 'orders' || commit.seq <= before.orders) audit.add(service, commit);
    for (const commit of streams['orders'] ?? [])
      if (commit.seq > before.orders) audit.add('orders', commit, true);
    expect(audit.conclude(outside).violations).toEqual([]);
  });

  test('concludes nothing from an end that was read in the second round', () => {
    const story = shopStory();
    const { streams, ...outside } = story.records(running);
    const audit = new ShopAudit();
    const isEnd = (types: readonly string[]): boolean => types.some((type) => type.startsWith('OrderC'));
    for (const [service, commits] of Object.entries(streams))
      for (const commit of commits) if (!isEnd(commit.types)) audit.add(service, commit);
    for (const commit of streams['orders'] ?? []) if (isEnd(commit.types)) audit.add('orders', commit, true);
    const found = audit.conclude({
      ...outside,
      mails: [],
      ledger: outside.ledger?.filter((l) => l.kind === 'charge'),
    });
    expect(found.unsettled).toEqual([]);
    // Of an order that has settled a missing refund would break more.
    expect(brokenIn(found)).toEqual(['what is on record happened']);
  });
});

describe('what waits is shown', () => {
  const mail = { service: 'notifications', entity: 'mail/three', flow: 'three' };
  const requested = (s: Story): void => {
    s.tell({ ...mail, cause: 'request:x', events: [{ type: 'MailRequested', operation: 'send-three' }] });
  };

  test('for its next attempt, with the time it is due', () => {
    const audit = auditOf((s) => {
      const events = [{ type: 'ChargeRequested', operation: 'charge-three' }];
      s.tell({ ...charge, entity: 'charge/three', flow: 'three', cause: 'request:x', events });
      s.failure('three', 1, { class: 'outage', dueAt: '2030-01-01T01:00:00.000Z' });
    });
    expect(audit.waiting).toEqual([
      {
        where: 'payments charge/three',
        orderId: 'three',
        reason: 'charge: attempt 1 failed (provider_error), the next one is due',
        due: '2030-01-01T01:00:00.000Z',
      },
    ]);
  });

  test('a mail that may have gone out, for a human; not any more when it is known to have gone out', () => {
    const unresolved = (s: Story): void => {
      requested(s);
      const cause = 'outcome:send-three:1:gave-up';
      s.tell({ ...mail, cause, events: [{ type: 'MailUnresolved' }] });
    };
    expect(auditOf(unresolved).waiting).toMatchObject([{ where: 'notifications mail/three' }]);
    const sent = (s: Story): void => {
      unresolved(s);
      s.tell({ ...mail, cause: 'outcome:send-three:1:ok', events: [{ type: 'MailSent' }] });
    };
    expect(auditOf(sent).waiting).toEqual([]);
  });

  test('a mail that the server refused, for a human', () => {
    const refused = (s: Story): void => {
      requested(s);
      s.tell({ ...mail, cause: 'outcome:send-three:1:mail_rejected', events: [{ type: 'MailUnresolved' }] });
    };
    expect(auditOf(refused).waiting).toMatchObject([{ where: 'notifications mail/three' }]);
  });

  test('a dead letter, until what it was about has been decided', () => {
    const defect = (s: Story): void => {
      const data = { cause: 'request:x', reaction: 'because of request:x', error: 'a bug' };
      s.tell({ ...mail, cause: 'request:x', events: [{ type: 'refrain.Defect', data }] });
    };
    expect(auditOf(defect).waiting).toMatchObject([{ where: 'notifications mail/three', orderId: 'three' }]);
    const decided = (s: Story): void => {
      defect(s);
      requested(s);
    };
    expect(auditOf(decided).waiting).toMatchObject([{ reason: 'send: not attempted yet' }]);
  });
});

test('says of each invariant what it means in docs/audit.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/audit.md'), 'utf8');
  expect(invariants.filter((name) => !page.includes(`**${name}**`))).toEqual([]);
});
