import { describe, expect, test } from 'vitest';
import { auditOf, brokenIn } from './audit.fixture.ts';
import type { Story } from './story.fixture.ts';

const operation = 'send-one';
const mail = { service: 'notifications', entity: 'mail/one', flow: 'one' };
const said = { by: 'ada', host: 'here', why: 'seen to' };

/** The mail of the first order is unknown: its attempt was marked, and nobody heard what came of it. */
function unknownMail(s: Story): void {
  const at = s.streams['notifications']?.findIndex(({ entity }) => entity.entityId === 'one') ?? 0;
  s.streams['notifications']?.splice(at, 3); // requested, marked, sent
  s.tell({
    ...mail,
    cause: 'event:completed',
    events: [{ type: 'MailRequested', operation, cause: 'request:x' }],
  });
  mark(s, 1);
  s.tell({ ...mail, cause: `outcome:${operation}:1:gave-up`, events: [{ type: 'MailUnresolved' }] });
}

function mark(s: Story, n: number): void {
  const data = { operation, n, runner: `r${n}` };
  s.tell({
    ...mail,
    cause: `start:${operation}:${n}:r${n}`,
    events: [{ type: 'refrain.AttemptStarted', data }],
  });
}

function verdict(s: Story, happened: boolean, more: { type: string }[] = []): void {
  const cause = `outcome:${operation}:1:${happened ? 'happened' : 'not-happened'}`;
  const word = { type: 'refrain.Verdict', data: { operation, happened, ...said } };
  s.tell({ ...mail, cause, events: [word, ...more] });
}

describe('a person’s word', () => {
  test('is asked for with the command that gives it', () => {
    expect(auditOf(unknownMail).waiting).toMatchObject([
      { where: 'notifications mail/one', answer: expect.stringContaining(`refrain verdict ${operation}`) },
    ]);
  });

  test('that the mail went out settles it: nothing is broken, nothing waits', () => {
    const audit = auditOf((s) => {
      unknownMail(s);
      verdict(s, true, [{ type: 'MailSent' }]);
    });
    expect({ broken: brokenIn(audit), waiting: audit.waiting }).toEqual({ broken: [], waiting: [] });
  });

  test('opens again what was given up, which may be given up once more; without a word in between it may not', () => {
    const gaveUp = { ...mail, cause: `outcome:${operation}:1:gave-up`, events: [{ type: 'MailUnresolved' }] };
    const twice = (says: boolean) => (s: Story) => {
      unknownMail(s);
      if (says) verdict(s, false);
      s.tell(gaveUp);
    };
    expect(brokenIn(auditOf(twice(true)))).not.toContain('a cause is handled once');
    expect(brokenIn(auditOf(twice(false)))).toContain('a cause is handled once');
  });

  test('that it did not go out allows another one, and its attempts are numbered on from a mark', () => {
    const again = (s: Story): void => {
      unknownMail(s);
      verdict(s, false);
      mark(s, 2);
      s.mail('one');
      s.tell({ ...mail, cause: `outcome:${operation}:2:ok`, events: [{ type: 'MailSent' }] });
    };
    expect(brokenIn(auditOf(again))).toEqual([]);
    const unasked = (s: Story): void => {
      unknownMail(s);
      mark(s, 2);
      s.mail('one');
    };
    expect(brokenIn(auditOf(unasked))).toContain('at most one mail per order');
  });

  test('cannot be missing where a mark was skipped', () => {
    const skipped = (s: Story): void => {
      unknownMail(s);
      verdict(s, false);
      mark(s, 3);
    };
    expect(brokenIn(auditOf(skipped))).toEqual(['attempts are numbered without a gap']);
  });
});

describe('a dead letter', () => {
  const defect = (s: Story): void => {
    const data = { cause: 'request:x', reaction: 'write', error: 'a bug', event: { type: 'OrderCompleted' } };
    s.tell({ ...mail, entity: 'mail/three', cause: 'request:x', events: [{ type: 'refrain.Defect', data }] });
  };
  const word = (type: string) => (s: Story) => {
    defect(s);
    const data = { cause: 'request:x', reaction: 'write', ...said };
    s.tell({ ...mail, entity: 'mail/three', cause: 'request:y', events: [{ type, data }] });
  };

  test('is listed with the command that drives it again', () => {
    expect(auditOf(defect).waiting).toMatchObject([
      { answer: expect.stringMatching(/^npx refrain dead-letters redrive e\d+ --why/) },
    ]);
  });

  const told = (defectData: { reaction: string; error: string; event?: object }) => (s: Story) => {
    const source = { stream: 'INTAKE_INVENTORY', seq: 3 };
    const because = {
      service: 'inventory',
      entity: 'intake/depot',
      flow: 'note',
      cause: 'told:depot:gate:note',
    };
    const data = { cause: because.cause, source, ...defectData };
    s.tell({ ...because, events: [{ type: 'refrain.Defect', data }] });
  };
  const arrived = { reaction: 'take in what arrived', event: { type: 'GoodsArrived' } };
  const refused = (type: string): string => `RF_EVENT_INVALID: ${type} version 1 has data its schema refuses`;

  test.each([
    ['its contract refuses', { ...arrived, error: refused('GoodsArrived') }],
    ['nobody can read', { reaction: 'read', error: 'RF_TOLD_INVALID: it is no JSON' }],
  ])('of what an outsider told that %s is no defect of ours, and is resolved', (_, data) => {
    const [letter] = auditOf(told(data)).waiting;
    expect(letter?.answer).toMatch(/^npx refrain dead-letters resolve e\d+ --why/);
    expect(letter?.reason).toBe(`"${data.reaction}": what an outsider told cannot be taken (${data.error})`);
  });

  test('of what an outsider told is driven again where our own code has failed', () => {
    for (const error of ['a bug', refused('ReceiptRequested')]) {
      const [letter] = auditOf(told({ ...arrived, error })).waiting;
      expect(letter?.answer).toMatch(/^npx refrain dead-letters redrive e\d+ --why/);
      expect(letter?.reason).toContain('a defect of ours');
    }
  });

  test('that holds nothing to be decided can only be resolved', () => {
    const unreadable = (s: Story): void => {
      const because = { service: 'payments', entity: 'intake/orders', flow: 'one', cause: 'unreadable:x:3' };
      const data = { cause: because.cause, reaction: 'read', error: 'it cannot be read' };
      s.tell({ ...because, events: [{ type: 'refrain.Defect', data }] });
    };
    const [letter] = auditOf(unreadable).waiting;
    expect(letter?.answer).toMatch(/^npx refrain dead-letters resolve e\d+ --why/);
    expect(letter?.reason).toContain('a defect of ours');
  });

  test('that was driven again and is not decided yet waits for nobody; one that is resolved waits no more', () => {
    const [redriven] = auditOf(word('refrain.Redrive')).waiting;
    expect(redriven?.reason).toContain('ada drove it again');
    expect(redriven).not.toHaveProperty('answer');
    expect(auditOf(word('refrain.Resolved')).waiting).toEqual([]);
  });
});

describe('what a lost tail left', () => {
  const order = { service: 'orders', entity: 'order/one', flow: 'one' };
  const charge = { service: 'payments', entity: 'charge/one', flow: 'one' };

  test('a completed order of which a side was undone waits for a person, and breaks no promise by it', () => {
    const contradicted = { type: 'OrderContradicted', data: { orderId: 'one', side: 'charge' } };
    const audit = auditOf((s) => {
      s.wait(60_000);
      s.tell({ ...charge, cause: 'request:undo', events: [{ type: 'RefundIssued' }] });
      s.line('refund', 'one');
      s.tell({ ...order, cause: 'request:contradict', events: [contradicted] });
    });
    expect(audit.violations).toEqual([]);
    expect(audit.waiting).toMatchObject([
      { where: 'orders order/one', reason: expect.stringContaining('its charge was undone') },
    ]);
  });

  test('an order whose beginning was lost is no stranger, and keeps nothing once it is cancelled', () => {
    const lost = (s: Story, ...back: ('refund' | 'charge')[]): void => {
      const of = { service: 'orders', entity: 'order/four', flow: 'four' };
      s.line('charge', 'four');
      for (const kind of back) s.line(kind, 'four');
      const cancelling = { type: 'OrderCancelling', data: { orderId: 'four', reason: 'unknown' } };
      s.tell({ ...of, cause: 'request:four', events: [cancelling] });
      s.tell({ ...of, cause: 'request:end', events: [{ type: 'OrderCancelled' }] });
    };
    expect(brokenIn(auditOf((s) => lost(s, 'refund')))).toEqual([]);
    expect(brokenIn(auditOf((s) => lost(s)))).toEqual(['a cancelled order keeps no money']);
  });

  test('an act that was found at the provider is a recorded call of its operation', () => {
    const found = (s: Story): void => {
      s.call('confirm', 'charge-lost');
      const cause = 'found:charge-lost:pi_1';
      s.tell({ ...charge, cause, events: [{ type: 'ChargeRecalled' }, { type: 'ChargeRecalled' }] });
    };
    expect(brokenIn(auditOf(found))).not.toContain('calls <= recorded attempts + kills');
    const unrecorded = (s: Story): void => s.call('confirm', 'charge-lost');
    expect(brokenIn(auditOf(unrecorded))).toContain('calls <= recorded attempts + kills');
  });
});
