import type { Command } from '@refrain/decider';
import { messageOf, RefrainError } from '@refrain/errors';
import type { Delivery, RecordedEvent, Subscription } from '@refrain/event-log';
import { DeadLetters } from './dead-letters.ts';
import { Deadlines } from './deadlines.ts';
import { decideOnce } from './decision.ts';
import { Desk } from './desk.ts';
import type { ServiceDefinition } from './definition.ts';
import { EffectRunner } from './effect-runner.ts';
import { EntityStore, type OnAppend } from './entity-store.ts';
import { Follower } from './follower.ts';
import type { Executed, Origin, ReadModel, ServiceHandle } from './handle.ts';
import { governedBy } from './governed.ts';
import { HotReader } from './hot-reader.ts';
import { LoadMeter } from './load.ts';
import { caughtByCause, measuredDeliveries, measuredFirings, observe } from './measured.ts';
import { NewerEvents } from './newer-events.ts';
import { OwnLogView } from './own-log-view.ts';
import type { Ports } from './ports.ts';
import { Reactor } from './reactor.ts';
import { recordedCounter } from './recorded-metrics.ts';
import { type EntityKind, type Registry, registryOf } from './registry.ts';
import { Sweep } from './sweep.ts';
import { deadlineDurable, effectDurable, reactionDurable, topologyOf, workOf } from './topology.ts';
import { rootTrace, traceIdOf } from './trace-context.ts';

export interface HostOptions {
  /** Drawn once for a platform and kept at the broker; part of every id. */
  readonly platformId: string;
  /** The name of this process among the instances of the service, `payments-2`. */
  readonly instance: string;
  /** Most operations called at once. Default 64. */
  readonly callsMax?: number;
  /** Most entities kept in memory. Default 10_000. */
  readonly entitiesMax?: number;
  /**
   * Time between two sweeps, and how long overdue an operation must be for one, in milliseconds. Default
   * 10_000 and 30_000.
   */
  readonly sweepEveryMs?: number;
  readonly sweepOverdueMs?: number;
  /**
   * Longest time without a look at the own log, for hot entities and read models, in milliseconds. Default
   * 250.
   */
  readonly followEveryMs?: number;
  /**
   * Off only to show which layer catches a duplicate. `causes`: whether an entity knows what it has handled
   * before. Default true.
   */
  readonly protections?: { readonly causes: boolean };
}

/** Most deliveries of one durable handled at once. */
const DELIVERIES_MAX = 256;

/** Most requests decided at once; further ones are refused (RF_BUSY). */
const REQUESTS_MAX = 1_000;

const DEFAULTS = {
  callsMax: 64,
  entitiesMax: 10_000,
  sweepEveryMs: 10_000,
  sweepOverdueMs: 30_000,
  followEveryMs: 250,
};

interface Runs {
  run(): Promise<void>;
  stop(): void;
}

/**
 * A running service: its definition on ports. It may be killed at any point: what it knows stands in the log,
 * what it was at comes again.
 */
export class ServiceHost implements ServiceHandle {
  readonly service: string;
  readonly platformId: string;
  /** Where people look at what waits, and say what is to become of it. */
  readonly desk: Desk;
  readonly #newer = new NewerEvents();
  readonly #view: OwnLogView;
  readonly #definition: ServiceDefinition;
  readonly #ports: Ports;
  readonly #registry: Registry;
  readonly #options: typeof DEFAULTS & HostOptions;
  readonly #store: EntityStore;
  readonly #hot: readonly HotReader[];
  readonly #followers: Follower[] = [];
  readonly #loops: Promise<void>[] = [];
  readonly #running: Runs[] = [];
  readonly #subscriptions: Subscription[] = [];
  readonly #inFlight = new Set<Promise<unknown>>();
  #requests = 0;
  #stopping = false;

  constructor(definition: ServiceDefinition, ports: Ports, options: HostOptions) {
    this.#definition = definition;
    this.#ports = ports;
    this.#options = { ...DEFAULTS, ...options };
    this.#registry = registryOf(definition);
    this.service = this.#registry.contract.service;
    this.platformId = options.platformId;
    const { entitiesMax, followEveryMs } = this.#options;
    const count = recordedCounter(ports.metrics, this.#registry.contract);
    const hint: OnAppend = (events, duplicate) => {
      if (!duplicate) count(events, ports.clock.now());
      this.#hint(events);
    };
    this.#store = new EntityStore(ports, this.#registry, {
      entitiesMax,
      onAppend: hint,
      asksCauses: options.protections?.causes ?? true,
    });
    this.#view = new OwnLogView(ports, this.#registry);
    this.desk = new Desk({
      ports,
      registry: this.#registry,
      store: this.#store,
      platformId: this.platformId,
      view: this.#view,
      newer: this.#newer,
      everyMs: this.#options.sweepEveryMs,
    });
    this.#hot = definition.hot.map((hot) => {
      const kind = this.#registry.kinds.get(hot.decider.$decider.entityType) as EntityKind;
      const names = { service: this.service, platformId: this.platformId };
      return new HotReader({ ...names, ports, hot, kind, everyMs: followEveryMs, onAppend: hint });
    });
  }

  /** Binds to its durables and starts to work. */
  async start(): Promise<void> {
    const { log, schedules } = this.#ports;
    const { callsMax, sweepEveryMs, sweepOverdueMs } = this.#options;
    const parts = {
      ports: this.#ports,
      registry: this.#registry,
      store: this.#store,
      deadLetters: new DeadLetters(this.#ports.logger, this.#store, this.platformId),
      platformId: this.platformId,
      newer: this.#newer,
    };
    const topology = topologyOf(this.#definition);
    const load = new LoadMeter();
    const onSwept = (ms: number): void => {
      load.oldestOverdueMs = ms;
    };
    const sweeping = { everyMs: sweepEveryMs, overdueMs: sweepOverdueMs, onSwept };
    const sweep = new Sweep(this.#ports, this.#registry, this.#view, sweeping);
    const governed = governedBy({
      ports: this.#ports,
      definition: this.#definition,
      instance: this.#options.instance,
      callsMax,
      load,
      sweep,
    });
    const reactor = new Reactor(parts);
    const effects = new EffectRunner({ ...parts, ...governed, instance: this.#options.instance });
    const deadlines = new Deadlines(parts);
    const reacts = (d: Delivery): Promise<void> => this.#measured(governed.load, reactor.handle(d));
    const handlers: Record<string, { max: number; handle: (d: Delivery) => Promise<void> }> = {
      [reactionDurable(this.service)]: { max: DELIVERIES_MAX, handle: reacts },
      [effectDurable(this.service)]: { max: callsMax, handle: (d) => effects.handle(d) },
      [deadlineDurable(this.service)]: { max: callsMax, handle: (d) => deadlines.handle(d) },
    };
    for (const { stream, durable } of topology.durables) {
      const handler = handlers[durable];
      if (!handler) continue;
      const about = { source: stream, work: workOf(this.service, durable) };
      const handle = measuredDeliveries(this.#ports, about, handler.handle);
      const track = (d: Delivery): Promise<void> => this.#track(handle(d));
      this.#subscriptions.push(
        await log.subscribe({ service: stream, durable }, { maxInFlight: handler.max }, track),
      );
    }
    if (topology.schedules) {
      const fire = measuredFirings(this.#ports, this.service, (f) => effects.fire(f));
      this.#subscriptions.push(
        await schedules.subscribe(this.service, { maxInFlight: callsMax }, (f) => this.#track(fire(f))),
      );
      this.#run(effects);
      this.desk.sweep = sweep;
      this.#run(sweep);
    }
    for (const hot of this.#hot) this.#run(hot);
    this.#run(this.desk);
    this.#run(governed.gatekeeper);
    this.#run(governed.reporter);
  }

  /** How long deliveries take to be handled is one of the signs that a process has too much to do. */
  async #measured(load: LoadMeter, handling: Promise<void>): Promise<void> {
    const from = this.#ports.clock.now();
    await handling;
    load.handled(this.#ports.clock.now() - from);
  }

  execute(command: Command, origin: Origin): Promise<Executed> {
    if (this.#requests >= REQUESTS_MAX)
      return Promise.reject(new RefrainError('RF_BUSY', { service: this.service, requests: REQUESTS_MAX }));
    if (this.#stopping) return Promise.reject(new RefrainError('RF_STOPPING', { service: this.service }));
    this.#requests++;
    return this.#track(
      this.#execute(command, origin).finally(() => {
        this.#requests--;
      }),
    );
  }

  async #execute(command: Command, { cause, correlation, traceparent }: Origin): Promise<Executed> {
    const trace = traceparent ?? rootTrace(correlation);
    const span = this.#ports.tracing.start(`${this.service}: ${command.name}`, trace, {
      'refrain.correlation': correlation,
    });
    const because = { cause, reaction: command.name, correlation, trace: span.traceparent };
    try {
      const changed = await this.#store.change(command.entityType, command.entityId, 'guess', (known) =>
        decideOnce(this.platformId, known, command, because),
      );
      span.end();
      const { entity, events } = changed;
      if (events.length === 0) caughtByCause(this.#ports.metrics, changed);
      return { state: entity.state, events, replayed: events.length === 0 };
    } catch (error) {
      span.end(String(error));
      this.#ports.logger.warn({ correlation, traceId: traceIdOf(trace) }, 'a request was not decided');
      throw error;
    }
  }

  /** Tells the metrics that only show when asked for. @throws RF_UNREACHABLE when the broker is silent. */
  async observe(): Promise<void> {
    const { durables } = topologyOf(this.#definition);
    const effects = [...this.#registry.effects.keys()];
    const about = { service: this.service, durables, effects, newer: this.#newer, view: this.#view };
    await observe(this.#ports, about);
  }

  async stateOf(entityType: string, entityId: string): Promise<{ state: unknown; seq: number }> {
    const { state, seq } = await this.#store.read(entityType, entityId);
    return { state, seq };
  }

  follow(model: ReadModel): void {
    const follower = new Follower(this.#ports, this.service, model, { everyMs: this.#options.followEveryMs });
    this.#followers.push(follower);
    this.#run(follower);
  }

  /** Takes no new work and returns when what was begun is done: within the longest effect's timeout. */
  async drain(): Promise<void> {
    this.#stopping = true;
    await Promise.all(this.#subscriptions.map((s) => s.stop()));
    for (const loop of this.#running) loop.stop();
    await Promise.allSettled([...this.#inFlight, ...this.#loops]);
  }

  #run(loop: Runs): void {
    this.#running.push(loop);
    const run = loop.run().catch((error: unknown) => {
      this.#ports.logger.error(
        { error: messageOf(error) },
        'a loop of the runtime ended; restart the process',
      );
    });
    this.#loops.push(run);
  }

  #hint(events: readonly RecordedEvent[]): void {
    for (const hot of this.#hot) hot.hint(events);
    for (const follower of this.#followers) follower.hint();
  }

  #track<T>(work: Promise<T>): Promise<T> {
    this.#inFlight.add(work);
    const forget = (): unknown => this.#inFlight.delete(work);
    work.then(forget, forget);
    return work;
  }
}
