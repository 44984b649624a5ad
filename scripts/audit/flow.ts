import type { PlacedEvent } from './records.ts';

/** The few facts of one flow that its invariants need, so that a long log fits into memory. */
export interface Flow {
  readonly orderId: string;
  /** Its place among the flows: what an event remembers of its flow. */
  readonly index: number;
  placedAt: number | undefined;
  totalMinor: number;
  cancelling: boolean;
  reason: string | undefined;
  completed: number;
  cancelled: number;
  endedAt: number | undefined;
  /** It was completed, and a side of it was undone afterwards: a person has to look. */
  contradicted: boolean;
  /** Its end was read in the second round: it has settled, and nothing is concluded from that yet. */
  endedLate: boolean;
  captured: number;
  refunded: number;
  mailSent: boolean;
  /** How often a human said of its mail that it did not go out. */
  mailVerdicts: number;
  reserved: number;
  released: number;
  /** The last thing that payments or inventory decided about it. */
  lastStep: { readonly type: string; readonly at: number } | undefined;
}

const emptyFlow = (orderId: string, index: number): Flow => ({
  orderId,
  index,
  placedAt: undefined,
  totalMinor: 0,
  cancelling: false,
  reason: undefined,
  completed: 0,
  cancelled: 0,
  endedAt: undefined,
  contradicted: false,
  endedLate: false,
  captured: 0,
  refunded: 0,
  mailSent: false,
  mailVerdicts: 0,
  reserved: 0,
  released: 0,
  lastStep: undefined,
});

export const statusOf = (flow: Flow): 'placed' | 'cancelling' | 'completed' | 'cancelled' => {
  if (flow.completed > 0) return 'completed';
  if (flow.cancelled > 0) return 'cancelled';
  return flow.cancelling ? 'cancelling' : 'placed';
};

/** How it ended, where conclusions may be drawn from that. */
export const endOf = (flow: Flow): 'completed' | 'cancelled' | undefined => {
  const status = statusOf(flow);
  if (flow.contradicted) return undefined; // it waits for a person, and is listed as waiting
  return flow.endedLate || status === 'placed' || status === 'cancelling' ? undefined : status;
};

const end = (flow: Flow, { at, late }: PlacedEvent): void => {
  flow.endedAt ??= at;
  flow.endedLate ||= late;
};

const folds: Readonly<Record<string, (flow: Flow, event: PlacedEvent) => void>> = {
  OrderPlaced: (flow, { at, data }) => {
    flow.placedAt = at;
    flow.totalMinor = (data as { total: { minor: number } }).total.minor;
  },
  OrderCancelling: (flow, { data }) => {
    flow.cancelling = true;
    flow.reason = (data as { reason: string }).reason;
  },
  OrderCompleted: (flow, event) => {
    flow.completed++;
    end(flow, event);
  },
  OrderCancelled: (flow, event) => {
    flow.cancelled++;
    end(flow, event);
  },
  OrderContradicted: (flow) => {
    flow.contradicted = true;
  },
  ChargeCaptured: (flow) => {
    flow.captured++;
  },
  RefundIssued: (flow) => {
    flow.refunded++;
  },
  MailSent: (flow) => {
    flow.mailSent = true;
  },
  StockReserved: (flow) => {
    flow.reserved++;
  },
  StockReleased: (flow) => {
    flow.released++;
  },
};

const isLost = ({ placedAt, reason }: Flow): boolean => placedAt === undefined && reason === 'unknown';

/**
 * Every flow of the shop, by its correlation. Not all of them are orders: goods that come in are flows too.
 */
export class Flows {
  readonly #flows = new Map<string, Flow>();
  readonly #names: string[] = [];

  add(event: PlacedEvent): Flow {
    const flow = this.#of(event.correlation);
    folds[event.type]?.(flow, event);
    if (event.type === 'refrain.Verdict' && event.entity.startsWith('mail/')) flow.mailVerdicts++;
    const isStep =
      (event.service === 'payments' || event.service === 'inventory') && !event.type.startsWith('refrain.');
    if (isStep && event.at >= (flow.lastStep?.at ?? 0)) flow.lastStep = { type: event.type, at: event.at };
    return flow;
  }

  #of(correlation: string): Flow {
    const known = this.#flows.get(correlation);
    if (known) return known;
    const flow = emptyFlow(correlation, this.#names.length);
    this.#flows.set(correlation, flow);
    this.#names.push(correlation);
    return flow;
  }

  nameOf(index: number): string {
    return this.#names[index] ?? '';
  }

  /** The orders: flows that began with one. */
  *orders(): Generator<Flow> {
    for (const flow of this.#flows.values()) if (flow.placedAt !== undefined) yield flow;
  }

  /** Orders that heard of themselves and did not know themselves: their log lost where they began. */
  *lost(): Generator<Flow> {
    for (const flow of this.#flows.values()) if (isLost(flow)) yield flow;
  }

  isOrder(orderId: string): boolean {
    const flow = this.#flows.get(orderId);
    return flow !== undefined && (flow.placedAt !== undefined || isLost(flow));
  }
}
