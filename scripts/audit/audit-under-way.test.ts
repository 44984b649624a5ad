import { describe, expect, test } from 'vitest';
import { auditOf, brokenIn } from './audit.fixture.ts';
import { auditShop, ShopAudit } from './mod.ts';
import { shopStory, type Story } from './story.fixture.ts';

const charge = { service: 'payments', entity: 'charge/one', flow: 'one' };

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
      s.failure('three', 1, { class: 'outage', delayBy: 'retry-after', delayMs: 3_600_000 });
    });
    expect(audit.waiting).toEqual([
      {
        where: 'payments charge/three',
        orderId: 'three',
        reason: 'charge: attempt 1 failed (provider_error), the next one is due',
        due: '2030-01-01T01:00:00.320Z', // an hour after it was stored
      },
    ]);
  });

  test('what the governor holds, without the time that it expected to wait first', () => {
    const audit = auditOf((s) => {
      requested(s);
      const held = { hold: 'suppressed', word: 'suppressed', epoch: 1, reason: 'half of the calls fail' };
      const data = { operation: 'send-three', n: 1, ...held, until: '2030-01-01T01:00:00.000Z' };
      s.tell({ ...mail, cause: 'outcome:send-three:1:held', events: [{ type: 'refrain.Held', data }] });
    });
    expect(audit.waiting).toEqual([
      {
        where: 'notifications mail/three',
        orderId: 'three',
        reason: 'send: the governor holds attempt 1 (half of the calls fail)',
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

  test('a mail that did not go out, as a person said who wanted no further attempt', () => {
    const cancelled = (s: Story): void => {
      requested(s);
      const gaveUp = { ...mail, cause: 'outcome:send-three:0:gave-up', events: [{ type: 'MailUnresolved' }] };
      const say = (type: string, more: object = {}): void => {
        const data = { operation: 'send-three', by: 'ada', host: 'here', why: 'seen to', ...more };
        s.tell({ ...mail, cause: `request:${type}`, events: [{ type, data }] });
      };
      s.tell(gaveUp);
      say('refrain.Verdict', { happened: false });
      say('refrain.CancelRequested');
      s.tell(gaveUp);
    };
    expect(auditOf(cancelled).waiting).toMatchObject([
      { reason: expect.stringMatching(/did not go out.*another way/) },
    ]);
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
