import type { ChoreographyMap, Overview, ProcessSeen, ServiceSeen, WordSeen } from '@refrain/console/api';

export const services: ServiceSeen[] = ['orders', 'payments', 'inventory', 'notifications'].map(
  (service, i) => ({
    service,
    instances: i === 1 ? 2 : 1,
    ready: 1,
    commits: 120_000 - i * 20_000,
    lag: i === 1 ? 140 : 2,
    open: i === 1 ? 37 : 0,
    waiting: i === 3 ? 1 : 0,
    defect: i === 1 ? 2 : 0,
    deadLetters: i === 0 ? 12 : 0,
    oldestOverdueMs: i === 1 ? 8_200 : 0,
  }),
);

export const wordsAt = (nowMs: number): WordSeen[] => [
  {
    dependency: 'psp',
    kind: 'suppressed',
    reason: '93 of 100 calls failed within 10 s',
    since: nowMs - 12_000,
    pinned: false,
    held: 31,
    saidAgoMs: 400,
  },
  {
    dependency: 'mail',
    kind: 'throttled',
    reason: 'pinned by ada: their queue is full',
    since: nowMs - 90_000,
    rate: 5,
    warning: 'retries near their budget: 9 of 10',
    pinned: true,
    held: 0,
    saidAgoMs: 400,
  },
];

export const processes: ProcessSeen[] = [
  'nats',
  'psp',
  'mail',
  'orders',
  'payments',
  'inventory',
  'notifications',
  'governor',
  'console',
].map((name, i) => ({ name, pid: 4_000 + i, url: `http://127.0.0.1:${4_000 + i}`, status: 'ready' }));

const heard = (from: string, to: string, events: readonly string[]): ChoreographyMap['edges'][number] => ({
  id: `${from}>${to}`,
  from,
  to,
  kind: 'heard',
  carries: events.map((name) => ({ name, counted: `${from}.${name}`, how: `what ${to} does about ${name}` })),
});
const called = (
  from: string,
  to: string,
  effects: Readonly<Record<string, string>>,
): ChoreographyMap['edges'][number] => ({
  id: `${from}>${to}`,
  from,
  to,
  kind: 'called',
  carries: Object.entries(effects).map(([name, event]) => ({
    name,
    counted: `${from}.${event}`,
    how: 'keyed',
  })),
});
const node = (id: string, kind: ChoreographyMap['nodes'][number]['kind'], entity?: string) => ({
  id,
  kind,
  entities: entity === undefined ? [] : [{ name: entity, hot: false, events: ['Began', 'Ended'] }],
});

export const mapAt = (nowMs: number): ChoreographyMap => ({
  at: new Date(nowMs).toISOString(),
  nodes: [
    node('orders', 'service', 'order'),
    node('payments', 'service', 'charge'),
    node('inventory', 'service', 'reservation'),
    node('notifications', 'service', 'mail'),
    node('depot', 'outsider'),
    node('psp', 'dependency'),
    node('mail', 'dependency'),
  ],
  edges: [
    heard('orders', 'payments', ['OrderPlaced', 'OrderCancelling']),
    heard('orders', 'inventory', ['OrderPlaced', 'OrderCancelling']),
    heard('orders', 'notifications', ['OrderCompleted', 'OrderCancelled']),
    heard('payments', 'orders', ['ChargeCaptured', 'ChargeDeclined', 'RefundIssued']),
    heard('inventory', 'orders', ['ReservationConfirmed', 'ReservationRejected', 'ReservationReleased']),
    { ...heard('depot', 'inventory', ['GoodsArrived']), kind: 'told' },
    called('payments', 'psp', { charge: 'ChargeRequested', refund: 'RefundRequested' }),
    called('notifications', 'mail', { send: 'MailRequested' }),
  ],
  services,
  words: wordsAt(nowMs),
  missing: [],
});

/** What flows in the stand-in shop: how often each type comes, of 100 events. */
export const mix: Readonly<Record<string, number>> = {
  'orders.OrderPlaced': 10,
  'orders.OrderPaid': 9,
  'orders.OrderReserved': 9,
  'orders.OrderCompleted': 9,
  'payments.ChargeRequested': 10,
  'payments.ChargeCaptured': 9,
  'payments.refrain.AttemptFailed': 4,
  'inventory.ReservationRequested': 10,
  'inventory.StockReserved': 10,
  'inventory.ReservationConfirmed': 10,
  'notifications.MailRequested': 5,
  'notifications.MailSent': 5,
};

export const overviewAt = (nowMs: number): Overview => ({
  at: new Date(nowMs).toISOString(),
  processes,
  services,
  matters: [
    { service: 'orders', matter: 'unsettled order', open: 37, oldestMs: 84_000, money: [] },
    {
      service: 'payments',
      matter: 'captured and unsettled',
      open: 12,
      oldestMs: 64_000,
      money: [{ minor: 184_350, currency: 'EUR' }],
    },
    {
      service: 'payments',
      matter: 'refund under way',
      open: 2,
      oldestMs: 9_000,
      money: [{ minor: 4_200, currency: 'EUR' }],
    },
  ],
  words: wordsAt(nowMs),
  events: Object.fromEntries(Object.entries(mix).map(([type, share]) => [type, share * 1_000])),
  countedFrom: {},
  counted: true,
  missing: [],
});
