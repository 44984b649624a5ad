import type { Commit, RecordedEvent } from '@refrain/event-log';
import { backoffMs } from '@refrain/retry';
import type {
  LedgerLine,
  MailCall,
  OrderView,
  ProviderCall,
  SentMail,
  ShopRecords,
  StockView,
  Words,
} from './mod.ts';

/** An event as a test writes it down; what is left out follows from the commit. */
interface Told {
  readonly type: string;
  readonly data?: unknown;
  readonly operation?: string;
  readonly cause?: string;
}

interface Telling {
  readonly service: string;
  readonly entity: string;
  readonly flow: string;
  readonly cause: string;
  readonly events: readonly Told[];
}

const START = Date.parse('2030-01-01T00:00:00.000Z');
const TEA = [{ sku: 'tea', quantity: 2 }];

/**
 * The records of a shop, written down by hand so that a test can spoil one of them. Every step takes 10 ms.
 */
export class Story {
  readonly streams: Record<string, Commit[]> = { orders: [], payments: [], inventory: [], notifications: [] };
  ledger: LedgerLine[] = [];
  mails: SentMail[] = [];
  calls: ProviderCall[] = [];
  mailCalls: MailCall[] = [];
  orderViews: OrderView[] = [];
  stockViews: StockView[] = [{ sku: 'tea', onHand: 10, reserved: 2 }];
  /** One word that all is well, and no ramp since. */
  words: Words = {
    budget: { share: 0.2, more: 10, since: 0 },
    history: {
      psp: { words: [{ at: START, ramp: false }], isWhole: true },
      mail: { words: [{ at: START, ramp: false }], isWhole: true },
    },
  };
  #clock = START;
  #ids = 0;

  now(): string {
    return new Date(this.#clock).toISOString();
  }

  wait(ms: number): void {
    this.#clock += ms;
  }

  /** Records one commit; returns the cause that its last event is. */
  tell({ service, entity, flow, cause, events }: Telling): string {
    this.wait(10);
    const stream = this.streams[service] ?? [];
    const recorded = events.map(
      ({ type, data = {}, operation, cause: own = cause }): RecordedEvent => ({
        id: `e${++this.#ids}`,
        type,
        version: 1,
        cause: own,
        reaction: `because of ${own}`,
        correlation: flow,
        ...(operation !== undefined && { operation }),
        data,
      }),
    );
    const [entityType = '', entityId = ''] = entity.split('/');
    stream.push({
      entity: { service, entityType, entityId },
      seq: stream.length + 1,
      id: `c${this.#ids}`,
      at: this.#clock,
      types: recorded.map(({ type }) => `${type}.1`),
      bytes: 0,
      body: () => ({ events: recorded }),
    });
    return `event:${recorded.at(-1)?.id}`;
  }

  call(step: string, operationId: string, fate = 'ok'): void {
    this.calls.push({ step, operationId, fate, at: this.now() });
  }

  line(kind: LedgerLine['kind'], orderId: string, amount = 500): void {
    this.ledger.push({
      kind,
      id: `${kind}-1`,
      orderId,
      operationId: `${kind}-${orderId}`,
      amount,
      at: this.now(),
    });
  }

  mail(orderId: string): void {
    const operationId = `send-${orderId}`;
    this.mails.push({ messageId: `<${operationId}@refrain.local>`, orderId, at: this.now() });
    this.mailCalls.push({ command: 'data', operationId, fate: 'ok', at: this.now() });
  }

  failure(flow: string, n: number, more: object = {}): void {
    const operation = `charge-${flow}`;
    const attempt = {
      round: 1,
      step: 'confirm',
      failure: 'provider_error',
      class: 'transient',
      happened: 'unknown',
    };
    const rule = { attempts: 10, firstDelayMs: 1, maxDelayMs: 1 };
    const rest = {
      replayed: false,
      rule,
      delayMs: backoffMs({ rule, operationId: operation, attempt: n }),
      delayBy: 'rule',
      dueAt: this.now(),
      word: 'open',
      epoch: 0,
      reason: '500',
      progress: {},
    };
    this.tell({
      service: 'payments',
      entity: `charge/${flow}`,
      flow,
      cause: `outcome:${operation}:${n}:provider_error`,
      events: [{ type: 'refrain.AttemptFailed', data: { operation, n, ...attempt, ...rest, ...more } }],
    });
  }

  records(more: Partial<ShopRecords> = {}): ShopRecords {
    const { streams, ledger, mails, calls, mailCalls, words, orderViews, stockViews } = this;
    return { streams, ledger, mails, calls, mailCalls, words, orderViews, stockViews, ...more };
  }
}

/**
 * A shop with goods on its shelf, an order that was completed, and one that was cancelled after it was paid.
 */
export function shopStory(): Story {
  const story = new Story();
  const receipt = { service: 'inventory', entity: 'receipt/goods', flow: 'goods' };
  const asked = story.tell({ ...receipt, cause: 'request:r', events: [{ type: 'ReceiptRequested' }] });
  const received = { type: 'StockReceived', data: { receiptId: 'goods', sku: 'tea', quantity: 10 } };
  story.tell({ ...receipt, entity: 'warehouse/main', cause: asked, events: [received] });
  paid(story, 'one');
  const confirmed = reserved(story, 'one');
  const ended = end(story, 'one', confirmed, 'OrderCompleted');
  written(story, 'one', ended);
  story.orderViews.push({ orderId: 'one', status: 'completed' });
  cancelled(story, 'two');
  return story;
}

const order = (flow: string) => ({ service: 'orders', entity: `order/${flow}`, flow });
const charge = (flow: string) => ({ service: 'payments', entity: `charge/${flow}`, flow });
const reservation = (flow: string) => ({ service: 'inventory', entity: `reservation/${flow}`, flow });
const warehouse = (flow: string) => ({ service: 'inventory', entity: 'warehouse/main', flow });

function paid(story: Story, flow: string): void {
  const placed = { type: 'OrderPlaced', data: { orderId: flow, total: { minor: 500, currency: 'EUR' } } };
  const cause = story.tell({ ...order(flow), cause: `request:${flow}`, events: [placed] });
  const operation = `charge-${flow}`;
  story.tell({ ...charge(flow), cause, events: [{ type: 'ChargeRequested', operation }] });
  story.call('create', operation);
  story.call('confirm', operation);
  story.failure(flow, 1);
  story.call('confirm', operation, 'replayed');
  story.line('charge', flow);
  story.tell({ ...charge(flow), cause: `outcome:${operation}:2:ok`, events: [{ type: 'ChargeCaptured' }] });
}

function reserved(story: Story, flow: string): string {
  const asked = story.tell({
    ...reservation(flow),
    cause: `event:${story.streams['orders']?.at(-1)?.body().events[0]?.id}`,
    events: [{ type: 'ReservationRequested' }],
  });
  const answer = { type: 'StockReserved', data: { orderId: flow, lines: TEA } };
  const cause = story.tell({ ...warehouse(flow), cause: asked, events: [answer] });
  return story.tell({ ...reservation(flow), cause, events: [{ type: 'ReservationConfirmed' }] });
}

const end = (story: Story, flow: string, cause: string, type: string): string =>
  story.tell({ ...order(flow), cause, events: [{ type }] });

function written(story: Story, flow: string, cause: string): void {
  const mail = { service: 'notifications', entity: `mail/${flow}`, flow };
  const operation = `send-${flow}`;
  story.tell({ ...mail, cause, events: [{ type: 'MailRequested', operation }] });
  const mark = { type: 'refrain.AttemptStarted', data: { operation, n: 1, runner: 'r' } };
  story.tell({ ...mail, cause: `start:${operation}:1:r`, events: [mark] });
  story.mail(flow);
  story.tell({ ...mail, cause: `outcome:${operation}:1:ok`, events: [{ type: 'MailSent' }] });
}

function cancelled(story: Story, flow: string): void {
  paid(story, flow);
  reserved(story, flow);
  const why = { type: 'OrderCancelling', data: { orderId: flow, reason: 'requested' } };
  const cause = story.tell({ ...order(flow), cause: `request:cancel-${flow}`, events: [why] });
  const operation = `refund-${flow}`;
  story.tell({ ...charge(flow), cause, events: [{ type: 'RefundRequested', operation }] });
  const asked = story.tell({ ...reservation(flow), cause, events: [{ type: 'ReleaseRequested' }] });
  const answer = { type: 'StockReleased', data: { orderId: flow, lines: TEA } };
  const released = story.tell({ ...warehouse(flow), cause: asked, events: [answer] });
  story.tell({ ...reservation(flow), cause: released, events: [{ type: 'ReservationReleased' }] });
  story.call('refund', operation);
  story.line('refund', flow);
  const refunded = story.tell({
    ...charge(flow),
    cause: `outcome:${operation}:1:ok`,
    events: [{ type: 'RefundIssued' }],
  });
  written(story, flow, end(story, flow, refunded, 'OrderCancelled'));
  story.orderViews.push({ orderId: flow, status: 'cancelled', reason: 'requested' });
}
