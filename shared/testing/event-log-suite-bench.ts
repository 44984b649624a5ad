import type { Clock, EventLog, Recovering, Schedules, ServiceTopology } from '@refrain/event-log';

/** One adapter, as one instance of a service has it. */
export interface LogInstance {
  readonly log: EventLog;
  readonly schedules: Schedules;
}

/**
 * A log to try: its own service with an empty stream and the durables of `suiteTopology`. Made anew for each
 * test.
 */
export interface LogBench extends LogInstance {
  readonly service: string;
  /**
   * The suite waits with `clock.sleep` alone: a virtual clock must move on by itself when that is awaited.
   */
  readonly clock: Clock;
  /** What a recovery leans on, as the admin has it. */
  readonly recovering: Recovering;
  /**
   * A second instance with nothing in common but the broker. Of several nodes it knows `node` (from 0) only;
   * default: all.
   */
  newInstance(node?: number): Promise<LogInstance>;
  /** An instance that can be ended as SIGKILL would: nothing that it holds is settled. */
  newInstanceToKill(): Promise<LogInstance & { kill(): Promise<void> | void }>;
  /** An instance whose clock is `skewMs` ahead of the broker's. */
  newInstanceAhead(skewMs: number): Promise<LogInstance>;
  /** An instance whose first append is stored while its acknowledgement is lost on the way. */
  newInstanceLosingAck(): Promise<LogInstance>;
  /** Stops all of this bench's instances. */
  close(): Promise<void>;
}

/** What the suite may do to an adapter, and how long it has to wait. */
export interface EventLogSuiteOptions {
  /** The broker's duplicate window, in milliseconds. The suite waits it out, so make it short. */
  readonly duplicateWindowMs: number;
  /** Ends the broker and starts it on the same data. Without it, what happens then is not tried. */
  readonly restart?: (bench: LogBench, how: 'SIGTERM' | 'SIGKILL') => Promise<void>;
  /**
   * Runs `during`, then loses with the tail of the log all that it appended. Without it, that is not tried.
   */
  readonly loseTail?: (bench: LogBench, during: () => Promise<void>) => Promise<void>;
  /** Deletes a durable and makes it again. */
  readonly makeAnew: (bench: LogBench, durable: string) => Promise<void>;
  /** Loses every alarm of the bench's service, set or fired. */
  readonly loseAlarms: (bench: LogBench) => Promise<void>;
  /** A bench of whose replicas some may lag. Without it, what is read then is not tried. */
  readonly lagging?: () => Promise<LogBench>;
  /** What may happen to a broker of several nodes. Without it, it has one. */
  readonly cluster?: ClusterTroubles;
}

/** What the suite may do to a cluster. */
export interface ClusterTroubles {
  /** Has the leaders of the bench's stream and of its durable `reader` hand over to another node. */
  readonly stepDown: (bench: LogBench) => Promise<void>;
  /** Kills the node that leads the bench's stream; the returned function starts it again. */
  readonly killLeader: (bench: LogBench) => Promise<() => Promise<void>>;
}

/** The ack wait of the durable `reader`, in milliseconds. */
export const SUITE_ACK_WAIT_MS = 1_000;

/**
 * What the service of a bench needs: a durable `reader` of everything, `notes` of one type, and schedules.
 */
export const suiteTopology = (service: string): ServiceTopology => ({
  service,
  durables: [
    {
      stream: service,
      durable: 'reader',
      entityTypes: [],
      from: 'beginning',
      maxAckPending: 256,
      ackWaitMs: SUITE_ACK_WAIT_MS,
    },
    {
      stream: service,
      durable: 'notes',
      entityTypes: ['note'],
      from: 'beginning',
      maxAckPending: 256,
      ackWaitMs: SUITE_ACK_WAIT_MS,
    },
  ],
  schedules: true,
});
