import type { EntityPage, FlowEventSeen, OperationStory, OrderPage, OrderSeen } from '@refrain/console/api';
import { at, beganMs, idOf } from './stand-in-ids.ts';

const statuses = ['completed', 'completed', 'completed', 'cancelled', 'placed', 'cancelling'] as const;
export const orderAt = (n: number): OrderSeen => {
  const status = statuses[n % statuses.length] ?? 'placed';
  const ended = status === 'completed' || status === 'cancelled';
  return {
    orderId: idOf(n),
    status,
    ...(status === 'cancelled' || status === 'cancelling' ? { reason: 'out_of_stock' } : {}),
    lines: [
      { sku: `tea-00${(n % 9) + 1}`, quantity: (n % 4) + 1, unitPrice: { minor: 150, currency: 'EUR' } },
    ],
    total: { minor: 150 * ((n % 4) + 1), currency: 'EUR' },
    ...(ended ? { settledAt: at(n * 90) } : {}),
  };
};

const story: readonly (readonly [string, string, string, number])[] = [
  ['orders', 'order', 'OrderPlaced', 0],
  ['payments', 'charge', 'ChargeRequested', 14],
  ['inventory', 'reservation', 'ReservationRequested', 16],
  ['inventory', 'warehouse', 'StockReserved', 41],
  ['inventory', 'reservation', 'ReservationConfirmed', 48],
  ['orders', 'order', 'OrderReserved', 60],
  ['payments', 'charge', 'refrain.AttemptFailed', 92],
  ['payments', 'charge', 'refrain.AttemptFailed', 612],
  ['payments', 'charge', 'ChargeCaptured', 14_230],
  ['orders', 'order', 'OrderPaid', 14_260],
  ['orders', 'order', 'OrderCompleted', 14_260],
  ['notifications', 'mail', 'MailRequested', 14_290],
  ['notifications', 'mail', 'MailSent', 14_420],
];

/** `many`: the same again, for a flow that was retried for days. */
export const orderPageOf = (orderId: string, many = 1): OrderPage => {
  const events = Array.from({ length: many }, (_, round) =>
    story.map(([service, type, event, ms], i): FlowEventSeen => {
      const operation = service === 'payments' ? { operation: idOf(77) } : {};
      return {
        id: `${orderId}-${round}-${i}`,
        type: event,
        kind: event === 'refrain.AttemptFailed' ? 'failure' : 'plain',
        version: 1,
        service,
        entity: `${type}/${type === 'warehouse' ? 'main' : orderId}`,
        seq: 1_000 + round * 20 + i,
        at: beganMs + round * 15_000 + ms,
        cause: 'event:kx5ssdqybkzoj3u2zrrxvndbhm',
        reaction: 'request the charge',
        ...operation,
        data: { orderId, customer: { email: '…' }, amount: { minor: 300, currency: 'EUR' } },
      };
    }),
  ).flat();
  return {
    orderId,
    status: 'completed',
    placedAt: at(0),
    settledAt: at(14_260),
    total: { minor: 300, currency: 'EUR' },
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    events,
    tree: [treeOf(orderId)],
    waits: [
      waitOf(
        { reason: 'backoff', from: 92, ms: 520, attempt: 1 },
        'Attempt 1 failed, transient: the next was due after 520 ms.',
      ),
      waitOf(
        { reason: 'suppressed', from: 1_100, ms: 12_700, attempt: 2 },
        'The governor let no call to psp go.',
      ),
      waitOf(
        { reason: 'schedule late', from: 13_800, ms: 230, attempt: 2 },
        'It was due, and its alarm came late.',
      ),
    ],
    operations: [storyOf(orderId)],
    entities: ['orders/order', 'payments/charge', 'inventory/reservation', 'notifications/mail'].map(
      (name) => {
        const [service = '', type = ''] = name.split('/');
        return { service, type, id: orderId };
      },
    ),
    truncated: many > 1,
    missing: [],
  };
};

const waitOf = (
  {
    reason,
    from,
    ms,
    attempt,
  }: { reason: OrderPage['waits'][number]['reason']; from: number; ms: number; attempt: number },
  says: string,
): OrderPage['waits'][number] => ({
  reason,
  from: beganMs + from,
  to: beganMs + from + ms,
  ms,
  service: 'payments',
  entity: 'charge/x',
  operation: idOf(77),
  attempt,
  says,
});

const treeOf = (orderId: string): OrderPage['tree'][number] => {
  const of = (
    kind: OrderPage['tree'][number]['kind'],
    where: string,
    text: string,
    afterMs: number,
    children: OrderPage['tree'] = [],
  ) => ({
    kind,
    where,
    text,
    afterMs,
    at: beganMs + afterMs,
    children,
  });
  return of('event', 'orders', `OrderPlaced order/${orderId}`, 0, [
    of('event', 'payments', `ChargeRequested charge/${orderId}`, 14, [
      of('call', 'psp', 'create: 200', 60),
      of('attempt', 'payments', 'attempt 1 failed: provider_error (transient, happened: unknown)', 92),
      of('attempt', 'payments', 'attempt 2 failed: provider_down (outage, happened: no)', 612),
      of('event', 'payments', 'ChargeCaptured', 14_230, [
        of('ledger', 'psp', 'charge of 3.00 EUR', 14_225),
        of('event', 'orders', 'OrderPaid, OrderCompleted', 14_260, [
          of('event', 'notifications', 'MailRequested', 14_290, [
            of('mail', 'mail', 'Your order is on its way', 14_410),
          ]),
        ]),
      ]),
    ]),
    of('event', 'inventory', `ReservationRequested reservation/${orderId}`, 16, [
      of('event', 'inventory', 'StockReserved warehouse/main', 41),
    ]),
  ]);
};

const storyOf = (orderId: string): OperationStory => ({
  operation: idOf(77),
  service: 'payments',
  entity: `charge/${orderId}`,
  flow: orderId,
  effect: 'charge',
  dependency: 'psp',
  status: 'done',
  attempts: 3,
  steps: [
    {
      at: at(14),
      seq: 1_001,
      type: 'ChargeRequested',
      sentences: ['It was intended.'],
      cause: 'event:x',
      data: { orderId },
    },
    {
      at: at(92),
      seq: 1_006,
      type: 'refrain.AttemptFailed',
      sentences: [
        'Attempt 1 failed: provider_error, transient; whether it happened is unknown.',
        'The next was due after 520 ms, by its rule.',
      ],
      cause: 'outcome:x:1:provider_error',
      data: { n: 1, class: 'transient', delay: 520, word: 'open' },
    },
    {
      at: at(14_230),
      seq: 1_008,
      type: 'ChargeCaptured',
      sentences: ['Attempt 3 succeeded.'],
      cause: 'outcome:x:3:ok',
      data: { orderId },
    },
  ],
  next: 'Nothing: it has its outcome.',
});

export const entityOf = (service: string, entity: string, asked: number | undefined): EntityPage => {
  const positions = [1_001, 1_006, 1_007, 1_008].map((seq, i) => ({
    seq,
    at: at(i * 4_000),
    types:
      [['ChargeRequested'], ['refrain.AttemptFailed'], ['refrain.AttemptFailed'], ['ChargeCaptured']][i] ??
      [],
  }));
  const here = positions.find(({ seq }) => seq === asked) ?? positions.at(-1);
  const captured = here?.seq === 1_008;
  return {
    service,
    entity,
    positions,
    truncated: false,
    seq: here?.seq ?? 0,
    at: here?.at ?? null,
    state: { status: captured ? 'captured' : 'charging', amount: { minor: 300, currency: 'EUR' } },
    operations: [{ id: idOf(77), effect: 'charge', status: captured ? 'done' : 'parked', attempts: 2 }],
    changes: [
      {
        type: here?.types[0] ?? '',
        cause: 'outcome:x:3:ok',
        changes: captured ? [{ path: 'status', before: 'charging', after: 'captured' }] : [],
        operations: {},
      },
    ],
  };
};
