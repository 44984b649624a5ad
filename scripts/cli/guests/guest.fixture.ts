/** How a guest hears the shop's orders. */
export const durable = {
  stream: 'orders',
  durable: 'invoices',
  entityTypes: ['order'],
  from: 'beginning',
  maxAckPending: 64,
  ackWaitMs: 30_000,
} as const;
/** A service of another repository, as its file of topology says it. */
export const guest = { service: 'invoices', entityTypes: ['invoice'], durables: [durable], schedules: true };
