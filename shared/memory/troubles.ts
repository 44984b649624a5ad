/** What goes wrong on the way between a broker and its clients, each as a share of what is sent, 0 to 1. */
export interface Troubles {
  /** Stored commits whose acknowledgement is lost. */
  readonly lostAcks: number;
  /** Deliveries that come twice. */
  readonly doubledDeliveries: number;
  /** Deliveries that never arrive; the broker sends them again after the ack wait. */
  readonly lostDeliveries: number;
  /** Deliveries that arrive up to `LATE_MS` later, behind those that were sent after them. */
  readonly lateDeliveries: number;
  /** Settlements of deliveries that the broker never hears of. */
  readonly lostSettlements: number;
  /** Reports and words that are lost. */
  readonly lostMessages: number;
  /** Reads of the log that a replica answers which is up to `STALE_MS` behind. */
  readonly staleReads: number;
}

export type Trouble = keyof Troubles;

/** How late a late delivery is at most, in milliseconds. */
export const LATE_MS = 5_000;

/** How far a replica is behind at most, in milliseconds. */
export const STALE_MS = 2_000;

export const noTroubles: Troubles = {
  lostAcks: 0,
  doubledDeliveries: 0,
  lostDeliveries: 0,
  lateDeliveries: 0,
  lostSettlements: 0,
  lostMessages: 0,
  staleReads: 0,
};
