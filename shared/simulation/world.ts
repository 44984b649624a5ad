import { noTracing } from '@refrain/contract-kit';
import { MemoryBroker, type MemoryBrokerOptions, MemoryClient, VirtualClock } from '@refrain/memory';
import {
  type HostOptions,
  type Log,
  type Metrics,
  noMetrics,
  type Ports,
  type RecoveryAsked,
  type ServiceDefinition,
  ServiceHost,
  silentLog,
  topologyOf,
} from '@refrain/runtime';
import { chanceOf } from './chance.ts';
import { Process } from './process.ts';
import type { PortPoint } from './watched-ports.ts';

/** What goes wrong between broker and processes, as shares and times; default: nothing but latency. */
export type Faults = Omit<MemoryBrokerOptions, 'clock' | 'chance'>;

/** A seed, and what goes wrong under it. */
export interface WorldOptions extends Faults {
  readonly seed: number;
  readonly logger?: Log;
  /** Of all instances together. */
  readonly metrics?: Metrics;
  /** Whether instances obey the words that are written to the broker's bucket. Default: nobody governs. */
  readonly governed?: boolean;
  /** Whether instances note floors and hear of recoveries. Default: they do not. */
  readonly recovering?: boolean;
}

/** One process of a service in the world. */
export interface Instance extends Process {
  readonly host: ServiceHost;
}

/** What a definition may lean on: the process that it runs in, and whether that lives. */
export interface Started {
  readonly process: Process;
  readonly alive: () => boolean;
}

/** The id of the platform in every world. */
export const PLATFORM = 'simulation';

/** Services, their broker and time in one process under one seed: the same seed gives the same run. */
export class World {
  readonly clock = new VirtualClock();
  readonly chance: () => number;
  readonly broker: MemoryBroker;
  /** The last recovery, as a file beside the store keeps it: no power cut takes that. */
  recovered: RecoveryAsked['before'];
  /** Told of every call through a port, before it and after it. It may kill the process that makes it. */
  onPoint: ((point: PortPoint, process: Process) => void) | undefined;
  /** Told what happens, for a person who reads the run: who, and what. */
  onTold: ((who: string, what: string) => void) | undefined;
  readonly #logger: Log;
  readonly #metrics: Metrics;
  readonly #governed: boolean;
  readonly #recovering: boolean;

  constructor(options: WorldOptions) {
    const {
      seed,
      logger = silentLog,
      metrics = noMetrics,
      governed = false,
      recovering = false,
      ...faults
    } = options;
    this.chance = chanceOf(seed);
    this.broker = new MemoryBroker({ clock: this.clock, chance: this.chance, ...faults });
    this.#logger = logger;
    this.#metrics = metrics;
    this.#governed = governed;
    this.#recovering = recovering;
  }

  /** What the admin step does: streams and durables for these services. */
  declare(definitions: readonly ServiceDefinition[]): void {
    this.broker.declare(definitions.map(topologyOf));
  }

  /** A process that hosts no service: a governor, a clerk. It has its own way to the broker. */
  startProcess(name: string, service: string, { skewMs = 0 } = {}): Process {
    const client = new MemoryClient(this.broker, { skewMs });
    const process: Process = new Process({
      name,
      service,
      client,
      clock: this.clock,
      at: (call, about, phase) => this.onPoint?.({ service, instance: name, call, about, phase }, process),
    });
    return process;
  }

  /** Starts a process of a service. It starts to work as virtual time passes. */
  start(
    name: string,
    define: (started: Started) => ServiceDefinition,
    { skewMs = 0, ...options }: Partial<HostOptions> & { readonly skewMs?: number } = {},
  ): Instance {
    const service = name.replace(/-\d+$/, '');
    const process = this.startProcess(name, service, { skewMs });
    const ports: Ports = {
      log: process.log,
      schedules: process.schedules,
      clock: process.clock,
      chance: this.chance,
      logger: this.#logger,
      tracing: noTracing,
      metrics: this.#metrics,
      governing: this.#governed ? process.governing : undefined,
      recovering: this.#recovering ? process.recovering : undefined,
      snapshots: process.snapshots,
    };
    const host = new ServiceHost(define({ process, alive: () => process.alive }), ports, {
      platformId: PLATFORM,
      instance: name,
      // A process whose knowledge is void ends; who supervises it starts another one.
      onVoid: () => process.kill(),
      ...options,
    });
    void host.start();
    return Object.assign(process, { host });
  }

  /** What the admin step leans on in a recovery. */
  admin(): MemoryClient {
    return new MemoryClient(this.broker);
  }
}
