import { MemoryBroker, type MemoryBrokerOptions, MemoryClient, VirtualClock } from '@refrain/memory';
import {
  type HostOptions,
  type Log,
  type Metrics,
  noMetrics,
  noTracing,
  type ServiceDefinition,
  ServiceHost,
  silentLog,
  topologyOf,
} from '@refrain/runtime';
import { chanceOf } from './chance.ts';

/** What goes wrong between broker and processes, as shares and times; default: nothing but latency. */
export type Faults = Pick<
  MemoryBrokerOptions,
  'lostAcks' | 'doubledDeliveries' | 'duplicateWindowMs' | 'checkExpected' | 'latencyMs'
>;

/** A seed, and what goes wrong under it. */
export interface WorldOptions extends Faults {
  readonly seed: number;
  readonly logger?: Log;
  /** Of all instances together. */
  readonly metrics?: Metrics;
  /** Whether instances obey the words that are written to the broker's bucket. Default: nobody governs. */
  readonly governed?: boolean;
}

/** One process of a service in the world. */
export interface Instance {
  readonly name: string;
  readonly host: ServiceHost;
  readonly alive: boolean;
  /** SIGKILL: whatever it awaits never comes, whatever it knew is gone. */
  kill(): void;
}

const PLATFORM = 'simulation';

/** Services, their broker and time in one process under one seed: the same seed gives the same run. */
export class World {
  readonly clock = new VirtualClock();
  readonly chance: () => number;
  readonly broker: MemoryBroker;
  readonly #logger: Log;
  readonly #metrics: Metrics;
  readonly #governed: boolean;

  constructor(options: WorldOptions) {
    const { seed, logger = silentLog, metrics = noMetrics, governed = false, ...faults } = options;
    this.chance = chanceOf(seed);
    this.broker = new MemoryBroker({ clock: this.clock, chance: this.chance, ...faults });
    this.#logger = logger;
    this.#metrics = metrics;
    this.#governed = governed;
  }

  /** What the admin step does: streams and durables for these services. */
  declare(definitions: readonly ServiceDefinition[]): void {
    this.broker.declare(definitions.map(topologyOf));
  }

  /** Starts a process of a service. It starts to work as virtual time passes. */
  start(
    name: string,
    define: (instance: { alive: () => boolean }) => ServiceDefinition,
    options: Partial<HostOptions> = {},
  ): Instance {
    const client = new MemoryClient(this.broker);
    const ports = {
      log: client.log,
      schedules: client.schedules,
      clock: {
        now: () => this.clock.now(),
        sleep: (ms: number, signal?: AbortSignal) => this.#sleep(client, ms, signal),
      },
      chance: this.chance,
      logger: this.#logger,
      tracing: noTracing,
      metrics: this.#metrics,
      governing: this.#governed ? client.governing : undefined,
    };
    const definition = define({ alive: () => client.alive });
    const host = new ServiceHost(definition, ports, { platformId: PLATFORM, instance: name, ...options });
    void host.start();
    return {
      name,
      host,
      get alive() {
        return client.alive;
      },
      kill: () => client.kill(),
    };
  }

  /** A dead process does not wake up. */
  async #sleep(client: MemoryClient, ms: number, signal?: AbortSignal): Promise<void> {
    await this.clock.sleep(ms, signal);
    if (!client.alive) await new Promise<never>(() => {});
  }
}
