/** A durable reader: whose stream, which of its entities, and how deliveries are bounded. */
export interface DurableDeclaration {
  /** Whose stream it reads. */
  readonly stream: string;
  readonly durable: string;
  /** The types of entities it hears; empty for all. */
  readonly entityTypes: readonly string[];
  /** Where a durable starts that is made on a log that has history. */
  readonly from: 'now' | 'beginning';
  /** Most deliveries out at once, over all instances. */
  readonly maxAckPending: number;
  /** How long the broker waits for a settlement before it delivers again, in milliseconds. */
  readonly ackWaitMs: number;
}

/** All that a service needs of the broker. Made by the admin step; a service makes nothing itself. */
export interface ServiceTopology {
  readonly service: string;
  /** The types of its entities, for those who read its log without its contract. */
  readonly entityTypes?: readonly string[] | undefined;
  readonly durables: readonly DurableDeclaration[];
  /** It parks operations: it gets a stream of schedules. */
  readonly schedules: boolean;
  /** Programs that are none of ours, and what they may do here. Default: none. */
  readonly outsiders?: readonly OutsiderTopology[] | undefined;
}

/** The durable of an outsider on the log of a service that it hears. */
export const outsiderDurableOf = (outsider: string): string => `outside-${outsider}`;

/** What one outsider may do with a service. */
export interface OutsiderTopology {
  readonly name: string;
  /** It may tell the service something: it gets its subject of the intake. */
  readonly tells: boolean;
  /** The types of entities whose events it hears, in a durable of its own. */
  readonly hears: readonly string[];
}
