import { z } from 'zod';
import { count, missing, money, pageFields, pageOf, text, time } from './fields.ts';
import { operationStory } from './operations.ts';

const status = z.enum(['placed', 'cancelling', 'completed', 'cancelled']);

export const ordersQuery = z.strictObject({
  ...pageFields,
  status: status.optional(),
  /**
   * The id of an order, or of an operation: then the order that it belongs to. Exact, nothing else is asked.
   */
  query: z.string().trim().min(1).max(64).optional(),
});

export const orderSeen = z.object({
  orderId: text,
  status,
  reason: text.optional(),
  lines: z.array(z.object({ sku: text, quantity: count, unitPrice: money })),
  total: money,
  settledAt: time.optional(),
});
export type OrderSeen = z.output<typeof orderSeen>;

/** Newest first. */
export const ordersPage = pageOf(orderSeen).extend({
  /** What `query` was found to be; `null` where nobody knows it, missing where nothing was searched. */
  found: z.enum(['order', 'operation']).nullable().optional(),
});
export type OrdersPage = z.output<typeof ordersPage>;

export const orderRequest = z.strictObject({
  lines: z
    .array(z.strictObject({ sku: z.string().min(1).max(64), quantity: z.int().min(1).max(1_000) }))
    .min(1)
    .max(50),
  /** `pm_card_visa` or `pm_card_chargeDeclined`. */
  paymentMethod: z.string().regex(/^[A-Za-z0-9_]{1,64}$/, 'expected a name such as pm_card_visa'),
});
export const orderPlaced = z.object({ orderId: text });

/** An event of the flow. Personal fields of `data` are masked as `…`. */
const flowEvent = z.object({
  id: text,
  type: text,
  /**
   * By the contracts. `failure`: an attempt, an operation or a decision failed. `undo`: something is taken
   * back. `platform`: a record of the platform's own.
   */
  kind: z.enum(['failure', 'undo', 'platform', 'plain']),
  version: count,
  service: text,
  entity: text,
  seq: count,
  /** Milliseconds since 1970. */
  at: count,
  cause: text,
  reaction: text,
  operation: text.optional(),
  data: z.unknown(),
});
export type FlowEventSeen = z.output<typeof flowEvent>;

/** One thing that happened, under what caused it: the causal graph, as the trees of `refrain trace`. */
export interface TreeNode {
  kind: 'event' | 'attempt' | 'call' | 'ledger' | 'mail';
  /** Milliseconds since 1970, and since the flow began. */
  at: number;
  afterMs: number;
  /** The service, or the dependency. */
  where: string;
  text: string;
  /** Of `events`. */
  eventId?: string | undefined;
  children: TreeNode[];
}
const treeNode: z.ZodType<TreeNode> = z.object({
  kind: z.enum(['event', 'attempt', 'call', 'ledger', 'mail']),
  at: count,
  afterMs: count,
  where: text,
  text,
  eventId: text.optional(),
  get children() {
    return z.array(treeNode);
  },
});

/** Why nothing happened for a while: `reason` of the metric `refrain_wait_seconds`, and a person's word. */
export const waitReasons = [
  'backoff',
  'outage',
  'budget',
  'suppressed',
  'throttled',
  'probing',
  'no word',
  'lag',
  'schedule late',
  'verdict',
] as const;
const wait = z.object({
  /**
   * `backoff`, `outage`: until the next attempt was due, by the rule or because of an outage. `budget`,
   * `suppressed`, `throttled`, `probing`, `no word`: it was due, and the governor held it. `lag`: until a
   * service heard an event, or began an operation. `schedule late`: it was due and free to go, and its alarm
   * was late. `verdict`: it may have happened, nothing outside keeps it from happening twice, and a person is
   * to say.
   */
  reason: z.enum(waitReasons),
  /** Milliseconds since 1970; `to` is missing while it lasts. */
  from: count,
  to: count.optional(),
  /** How long it lasted, or lasts by now. */
  ms: count,
  /** What waited: a service's reaction to an event, or an operation's attempt. */
  service: text,
  entity: text,
  operation: text.optional(),
  attempt: count.optional(),
  /** In a sentence. */
  says: text,
});
export type Wait = z.output<typeof wait>;

/** Most events, and most waits, of one answer; `truncated` says that there are more. */
export const FLOW_EVENTS_MAX = 500;

/** An order from all sides: what `refrain trace`, `why` and `state` tell together. */
export const orderPage = z.object({
  orderId: text,
  /** As its log says; `placed` and `cancelling` go on. */
  status: text,
  reason: text.optional(),
  placedAt: time,
  settledAt: time.optional(),
  total: money.optional(),
  /** Its trace's id, for `session.traceUrlTemplate`. */
  traceId: text.optional(),
  events: z.array(flowEvent),
  tree: z.array(treeNode),
  /** By `from`. Those of less than 50 ms are left out. */
  waits: z.array(wait),
  operations: z.array(operationStory),
  /** Every entity that the flow touched and that bears its id, for `entity`. */
  entities: z.array(z.object({ service: text, type: text, id: text })),
  truncated: z.boolean(),
  missing,
});
export type OrderPage = z.output<typeof orderPage>;
