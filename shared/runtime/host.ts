import { traceIdOf } from '@refrain/contract-kit';
import type { Command } from '@refrain/decider';
import { messageOf, RefrainError } from '@refrain/errors';
import type { Delivery, RecordedEvent, Subscription } from '@refrain/event-log';
import { DeadLetters } from './dead-letters.ts';
import { decideOnce } from './decision.ts';
import { Desk } from './desk.ts';
import type { ServiceDefinition } from './definition.ts';
import { EntityStore, type OnAppend } from './entity-store.ts';
import { Follower } from './follower.ts';
import type { Executed, Origin, ReadModel, RebuildableModel, ServiceHandle } from './handle.ts';
import { governedBy } from './governed.ts';
import { HOST_DEFAULTS, type HostOptions } from './host-options.ts';
import { HotReader } from './hot-reader.ts';
import { LoadMeter } from './load.ts';
import { caughtByCause, measuredDeliveries, measuredFirings, observe } from './measured.ts';
import { NewerEvents } from './newer-events.ts';
import { OwnLogView } from './own-log-view.ts';
import type { Ports } from './ports.ts';
import { ReadModels } from './read-models.ts';
import { recordedCounter } from './recorded-metrics.ts';
import { type RecoveryWatch, watchOf } from './recovery-watch.ts';
import { type EntityKind, type Registry, registryOf } from './registry.ts';
import { type Snapshotting, snapshottingOf } from './snapshotting.ts';
import { Sweep } from './sweep.ts';
import { TakeOver } from './take-over.ts';
import { effectDurable, topologyOf, workOf } from './topology.ts';
import { spanErrorOf } from './traced.ts';
import { type Workers, workersOf } from './workers.ts';

/** Most requests decided at once; further ones are refused (RF_BUSY). */
const REQUESTS_MAX = 1_000;

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
  readonly readModels: ReadModels;
  readonly #newer = new NewerEvents();
  readonly #view: OwnLogView;
  readonly #definition: ServiceDefinition;
  readonly #ports: Ports;
  readonly #registry: Registry;
  readonly #options: typeof HOST_DEFAULTS & HostOptions;
  readonly #store: EntityStore;
  readonly #hot: readonly HotReader[];
  readonly #watch: RecoveryWatch;
  readonly #snapshots: Snapshotting | undefined;
  readonly #followers: Follower[] = [];
  readonly #loops: Promise<void>[] = [];
  readonly #running: Runs[] = [];
  readonly #subscriptions: Subscription[] = [];
  readonly #inFlight = new Set<Promise<unknown>>();
  #requests = 0;
  #begun: Promise<void> | undefined;
  #starting: Promise<void> | undefined;
  #takeOver: TakeOver | undefined;
  #takingOver: Promise<void> | undefined;
  #stopping = false;

  constructor(definition: ServiceDefinition, ports: Ports, options: HostOptions) {
    this.#definition = definition;
    this.#ports = ports;
    this.#options = { ...HOST_DEFAULTS, ...options };
    this.#registry = registryOf(definition);
    this.service = this.#registry.contract.service;
    this.platformId = options.platformId;
    const { entitiesMax, followEveryMs } = this.#options;
    const count = recordedCounter(ports.metrics, this.#registry.contract);
    const hint: OnAppend = (events, duplicate) => {
      if (!duplicate) count(events, ports.clock.now());
      this.#hint(events);
    };
    this.#snapshots = snapshottingOf(ports, options, async () => {
      await this.#begin();
      return this.#watch.recovery?.id ?? '';
    });
    const snapshots = this.#snapshots?.store;
    this.#store = new EntityStore(ports, this.#registry, {
      snapshots,
      keepAfter: this.#snapshots?.entityAfter ?? Number.POSITIVE_INFINITY,
      entitiesMax,
      onAppend: hint,
      asksCauses: options.protections?.causes ?? true,
    });
    this.readModels = new ReadModels(ports, this.service);
    this.#view = new OwnLogView(ports, this.#registry, snapshots);
    const onVoid = (): void => {
      this.#stopping = true;
      options.onVoid?.();
    };
    this.#watch = watchOf(definition, ports, { held: this.#options.held, onVoid });
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
      return new HotReader({ ...names, ports, hot, kind, everyMs: followEveryMs, onAppend: hint, snapshots });
    });
  }

  /**
   * Binds to its durables and starts to work. After a recovery it first hears what was rewound and does its
   * part of it, and only then calls the world. Resolves when all of it works; on a platform that is held,
   * when all works but what calls.
   */
  start(): Promise<void> {
    this.#starting ??= this.#start();
    return this.#starting;
  }

  async #start(): Promise<void> {
    await this.#begin();
    if (this.#stopping) return;
    const { callsMax, sweepEveryMs, sweepOverdueMs, instance } = this.#options;
    const load = new LoadMeter();
    const onSwept = (ms: number): void => {
      load.oldestOverdueMs = ms;
    };
    const sweeping = { everyMs: sweepEveryMs, overdueMs: sweepOverdueMs, onSwept };
    const sweep = new Sweep(this.#ports, this.#registry, this.#view, sweeping);
    const common = { ports: this.#ports, definition: this.#definition, instance, callsMax };
    const governed = governedBy({ ...common, load, sweep });
    const workers = workersOf(
      {
        ...common,
        registry: this.#registry,
        store: this.#store,
        deadLetters: new DeadLetters(this.#ports.logger, this.#store, this.platformId),
        platformId: this.platformId,
        newer: this.#newer,
        view: this.#view,
        watch: this.#watch,
      },
      governed,
    );
    const calls = effectDurable(this.service);
    await this.#subscribe(workers, (durable) => durable !== calls);
    await this.#watch.lookAgain();
    if (this.#stopping) return;
    const loops: Runs[] = [...this.#hot, this.desk, governed.gatekeeper, governed.reporter];
    if (this.#ports.recovering) loops.push(this.#watch);
    if (this.#snapshots)
      loops.push(this.#snapshots.of({ store: this.#store, view: this.#view, hot: this.#hot }));
    if (this.#options.held || this.#watch.recovery) for (const loop of loops.splice(0)) void this.#run(loop);
    if (this.#options.held) {
      this.#takeOver = new TakeOver(this.#ports, () => this.#beginCalls(workers, sweep));
      this.#takingOver = this.#run(this.#takeOver);
      return;
    }
    await this.#beginCalls(workers, sweep);
    for (const loop of loops) void this.#run(loop);
  }

  /** All that may call the world: its part of a recovery, intents, and alarms. */
  async #beginCalls(workers: Workers, sweep: Sweep): Promise<void> {
    if (this.#watch.recovery) await workers.recovery.run();
    if (this.#stopping) return;
    const calls = effectDurable(this.service);
    await this.#subscribe(workers, (durable) => durable === calls);
    await this.#hearAlarms(workers, sweep);
  }

  /** While a recovery rewinds nothing is begun, neither deliveries nor requests. */
  #begin(): Promise<void> {
    this.#begun ??= this.#watch.begin();
    return this.#begun;
  }

  async #subscribe({ handlers }: Workers, isMeant: (durable: string) => boolean): Promise<void> {
    for (const { stream, durable } of topologyOf(this.#definition).durables) {
      const handler = handlers[durable];
      if (!handler || !isMeant(durable)) continue;
      const about = { source: stream, work: workOf(this.service, durable) };
      const handle = measuredDeliveries(this.#ports, about, handler.handle);
      const track = (d: Delivery): Promise<void> => this.#track(this.#watch.whenClear(() => handle(d)));
      const ref = { service: stream, durable };
      this.#subscriptions.push(await this.#ports.log.subscribe(ref, { maxInFlight: handler.max }, track));
    }
  }

  async #hearAlarms({ effects }: Workers, sweep: Sweep): Promise<void> {
    if (!topologyOf(this.#definition).schedules) return;
    const fire = measuredFirings(this.#ports, this.service, (f) => effects.fire(f));
    const options = { maxInFlight: this.#options.callsMax };
    this.#subscriptions.push(
      await this.#ports.schedules.subscribe(this.service, options, (f) => this.#track(fire(f))),
    );
    void this.#run(effects);
    this.desk.sweep = sweep;
    void this.#run(sweep);
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
    const name = `${this.service}: ${command.name}`;
    const span = this.#ports.tracing.start({ name, parent: traceparent, flow: correlation });
    const because = { cause, reaction: command.name, correlation, trace: span.traceparent };
    try {
      if (this.#ports.recovering) await this.#begin();
      const changed = await this.#store.change(command.entityType, command.entityId, 'guess', (known) =>
        decideOnce(this.platformId, known, command, because),
      );
      const { entity, events } = changed;
      if (events.length === 0) caughtByCause(this.#ports.metrics, changed, span);
      span.end();
      return { state: entity.state, events, replayed: events.length === 0 };
    } catch (error) {
      span.end(spanErrorOf(error));
      const traceId = traceIdOf(span.traceparent);
      this.#ports.logger.warn({ correlation, traceId }, 'a request was not decided');
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

  follow(model: ReadModel | RebuildableModel): void {
    for (const one of this.readModels.add(model)) {
      const follower = new Follower(this.#ports, this.service, one, { everyMs: this.#options.followEveryMs });
      this.#followers.push(follower);
      void this.#run(follower);
    }
  }

  /** Takes no new work and returns when what was begun is done: within the longest effect's timeout. */
  async drain(): Promise<void> {
    this.#stopping = true;
    this.#watch.stop();
    this.#takeOver?.stop();
    // What it still subscribes to is stopped as well.
    await Promise.allSettled([this.#starting, this.#takingOver]);
    await Promise.all(this.#subscriptions.map((s) => s.stop()));
    for (const loop of this.#running) loop.stop();
    await Promise.allSettled([...this.#inFlight, ...this.#loops]);
  }

  #run(loop: Runs): Promise<void> {
    this.#running.push(loop);
    const run = loop.run().catch((error: unknown) => {
      this.#ports.logger.error(
        { error: messageOf(error) },
        'a loop of the runtime ended; restart the process',
      );
    });
    this.#loops.push(run);
    return run;
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
