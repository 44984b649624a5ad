import type { ServiceDefinition, ServiceHost } from '@refrain/runtime';
import type { Trouble } from '@refrain/memory';
import { Builds } from './builds.ts';
import type { FaultKind } from './fault-kind.ts';
import type { Entry, Plan } from './plan.ts';
import { Power } from './power.ts';
import type { Process } from './process.ts';
import type { Finding, NewerVersion, Scenario, Stage } from './scenario.ts';
import { Shares } from './shares.ts';
import type { PointTrap, Trap } from './trap.ts';
import { type PortPoint, labelOf } from './watched-ports.ts';
import { type Started, World } from './world.ts';

interface Hosting {
  process: Process;
  host: ServiceHost | undefined;
}

/** One run of a plan: the processes of a scenario, and what is done to them. */
export class Run {
  readonly world: World;
  readonly scenario: Scenario;
  readonly stage: Stage;
  readonly plan: Plan;
  readonly troubles: Shares<Trouble>;
  /** How often each kind of fault came true. */
  readonly took = new Map<string, number>();
  /** How often each operation may have been called without a record: by who died or was stopped. */
  unrecordedMax = 0;
  /** Told of each point that a process comes to. */
  onPoint: ((point: PortPoint) => void) | undefined;
  readonly #hosting = new Map<string, Hosting>();
  readonly #builds: Builds;
  readonly #skews = new Map<string, number>();
  readonly #traps = new Map<string, Trap>();
  #pointTrap: PointTrap | undefined;
  readonly power = new Power(this, () => {
    for (const name of this.processes()) this.#start(name);
  });
  #open = 0;

  constructor(scenario: Scenario, plan: Plan) {
    this.scenario = scenario;
    this.plan = plan;
    this.world = new World({
      seed: plan.seed,
      governed: (scenario.others ?? []).length > 0,
      recovering: scenario.recover !== undefined,
      latencyMs: 8,
    });
    this.troubles = new Shares((trouble, share) => this.world.broker.setTroubles({ [trouble]: share }));
    this.stage = scenario.begin(this);
    this.world.onPoint = (point, process) => this.#pass(point, process);
    const definitions = this.definitions();
    this.#builds = new Builds(definitions);
    this.world.declare(definitions);
  }

  /** Every service as a value, for who only reads it. */
  definitions(): ServiceDefinition[] {
    const process = this.world.startProcess('admin', 'admin');
    return this.scenario.services.map((name) => this.stage.define(name, { process, alive: () => true }));
  }

  /** The names of all processes: of services, and of others. */
  processes(of: readonly string[] = [...this.scenario.services, ...(this.scenario.others ?? [])]): string[] {
    return of.flatMap((service) => namesOf(service, this.scenario));
  }

  /** A running process of a service, by the world's chance; `undefined` when none lives. */
  anyHost(service: string): ServiceHost | undefined {
    const hosts = namesOf(service, this.scenario).flatMap((name) => {
      const { process, host } = this.#hosting.get(name) as Hosting;
      return process.alive && host ? [host] : [];
    });
    return hosts[Math.floor(this.world.chance() * hosts.length)];
  }

  process(name: string): Process {
    const hosting = this.#hosting.get(name);
    if (!hosting)
      throw new Error(`there is no process ${name}, only ${[...this.#hosting.keys()].join(', ')}`);
    return hosting.process;
  }

  host(name: string): ServiceHost | undefined {
    return this.#hosting.get(name)?.host;
  }

  tell(who: string, what: string): void {
    this.world.onTold?.(who, what);
  }

  /** A fault of this kind came true. */
  tookHold(kind: string, times = 1): void {
    if (times > 0) this.took.set(kind, (this.took.get(kind) ?? 0) + times);
  }

  #start(name: string): void {
    if (this.power.isOff) return; // it begins with all others
    const service = serviceOf(name);
    const skewMs = this.#skews.get(name) ?? 0;
    if (this.scenario.others?.includes(service)) {
      const process = this.world.startProcess(name, service, { skewMs });
      this.#hosting.set(name, { process, host: undefined });
      this.stage.runProcess?.(service, process);
      return;
    }
    const define = (started: Started): ServiceDefinition => {
      // It may die in its very first call, before it is there for others.
      this.#hosting.set(name, { process: started.process, host: undefined });
      return this.#builds.of(name, this.stage.define(service, started));
    };
    const instance = this.world.start(name, define, { skewMs, entitiesMax: ENTITIES_MAX });
    if (!instance.alive) return;
    this.#hosting.set(name, { process: instance, host: instance.host });
  }

  /** Kills a process, and starts it again after `backMs`. False when it is on its way back already. */
  crash(name: string, backMs: number): boolean {
    const process = this.process(name);
    if (!process.alive) return false;
    process.kill();
    this.unrecordedMax++;
    this.tell(name, `is killed, and back after ${backMs} ms`);
    this.after(backMs, () => {
      if (!this.process(name).alive) this.#start(name);
    });
    return true;
  }

  /** It dies at one of its next awaits: just before or just after the `calls`-th call through a port. */
  crashAt(name: string, trap: Trap): void {
    this.#traps.set(name, trap);
  }

  /** Its clock is set, and stays so over restarts. */
  jump(name: string, ms: number): void {
    this.#skews.set(name, (this.#skews.get(name) ?? 0) + ms);
    this.process(name).jump(ms);
  }

  /** Starts a process again, as a build that knows this version too. */
  update(name: string, version: NewerVersion): void {
    this.#builds.update(name, version);
    this.#replace(name, `records ${version.type} in a newer version`);
  }

  /** Starts a process again, as a build in which one of its reactions throws; returns what puts it right. */
  spoil(name: string, reaction: number): () => void {
    this.#builds.spoil(name, reaction);
    this.#replace(name, 'has a mistake in a reaction');
    return () => {
      if (this.#builds.mend(name)) this.#replace(name, 'has no such mistake');
    };
  }

  #replace(name: string, what: string): void {
    const process = this.process(name);
    if (!process.alive) return; // it comes back as that build
    process.kill();
    this.unrecordedMax++;
    this.tell(name, `is replaced by a build that ${what}`);
    this.#start(name);
  }

  /** Does something later; the run is not over before. */
  after(ms: number, act: () => void): void {
    const { clock } = this.world;
    this.#open++;
    clock.at(clock.now() + ms, () => {
      this.#open--;
      act();
    });
  }

  crashAtPoint(trap: PointTrap): void {
    this.#pointTrap = trap;
  }

  #pass(point: PortPoint, process: Process): void {
    this.onPoint?.(point);
    const { instance } = point;
    const own = this.#traps.get(instance);
    if (own && own.calls-- <= 0 && this.#spring(own, point, process)) this.#traps.delete(instance);
    const exact = this.#pointTrap;
    if (exact && labelOf(point) === exact.label && exact.calls-- <= 0 && this.#spring(exact, point, process))
      this.#pointTrap = undefined;
  }

  /** False where the process is one that somebody else runs under this name by now. */
  #spring(trap: Trap, point: PortPoint, process: Process): boolean {
    if (this.#hosting.get(point.instance)?.process !== process) return false;
    this.tell(point.instance, `comes to: ${labelOf(point)}`);
    if (!this.crash(point.instance, trap.backMs)) return false;
    this.tookHold(trap.kind);
    return true;
  }

  /** Sets everything of the plan going. */
  begin(kinds: ReadonlyMap<string, FaultKind>): void {
    for (const entry of this.plan.faults) this.after(entry.atMs, () => this.#break(entry, kinds));
    this.after(0, () => {
      for (const name of this.processes()) this.#start(name);
    });
    for (const entry of [...this.plan.load, ...(this.plan.people ?? [])])
      this.after(entry.atMs, () => this.stage.perform(entry));
  }

  #break(entry: Entry, kinds: ReadonlyMap<string, FaultKind>): void {
    const { kind, args } = entry;
    const fault = kinds.get(kind);
    if (fault?.repeats) this.unrecordedMax += 2;
    if (!fault) throw new Error(`there is no fault "${kind}", only ${[...kinds.keys()].join(', ')}`);
    this.tell('fault', [kind, ...Object.entries(args).map(([name, value]) => `${name}=${value}`)].join(' '));
    const end = fault.begin(this, args);
    if (end)
      this.after(Number(args['forMs'] ?? 0), () => {
        this.tell('fault', `${kind}: over`);
        end();
      });
  }

  /** Whether everything planned has happened and ended, and all that was asked for is settled. */
  isOver(): boolean {
    return this.#open === 0 && !this.power.isOff && this.stage.isSettled(this.plan.load);
  }

  /** Lets so much time pass. */
  async pass(ms: number): Promise<void> {
    const { clock } = this.world;
    const end = clock.now() + ms;
    clock.at(end, () => {});
    await clock.runUntil(() => clock.now() >= end, ms);
  }

  commits(): number {
    const { broker } = this.world;
    return broker.services().reduce((sum, service) => sum + broker.commitsOf(service).length, 0);
  }

  /** Until the broker has nothing more to hand out, and everybody lives who should. */
  async #rest(): Promise<void> {
    const { clock, broker } = this.world;
    const end = clock.now() + REST_MS_MAX;
    do await this.pass(REST_STEP_MS);
    while (clock.now() < end && (this.#open > 0 || this.power.isOff || !broker.isQuiet()));
    this.#traps.clear();
    this.#pointTrap = undefined;
  }

  /**
   * P3: processes without any memory, and every event delivered again, add nothing and act on nobody. Where
   * they do, the first things that were added are told.
   */
  async replay(): Promise<Finding[]> {
    await this.#rest();
    const { broker } = this.world;
    this.tell('simulator', REPLAY);
    const before = new Map(broker.services().map((name) => [name, broker.commitsOf(name).length]));
    const acts = this.stage.acts();
    for (const name of this.processes(this.scenario.services)) this.crash(name, 0);
    broker.redeliverAll();
    await this.pass(REPLAY_MS);
    const added = broker.services().flatMap((name) => broker.commitsOf(name).slice(before.get(name) ?? 0));
    const findings = added.slice(0, 3).map(({ entity, types }) => ({
      invariant: 'a replay adds nothing',
      where: `${entity.service} ${entity.entityType}/${entity.entityId}`,
      found: types.join(', '),
    }));
    const more = this.stage.acts() - acts;
    if (more === 0) return findings;
    return [...findings, { invariant: 'a replay acts on nobody', where: 'the world', found: `${more} acts` }];
  }
}

/** What is told when the run has ended and its replay begins. */
export const REPLAY = 'the run has ended; now every event is delivered again, to processes without memory';

/** Few, so that entities are forgotten and read again; and a cache of many takes its time to make. */
const ENTITIES_MAX = 48;

/** How long it may take until nothing is due any more, and how often that is asked, in milliseconds. */
const REST_MS_MAX = 600_000;
const REST_STEP_MS = 2_000;

/** Long enough for every event to come again, and for what it would lead to. */
const REPLAY_MS = 20_000;

const serviceOf = (name: string): string => name.replace(/-\d+$/, '');
const namesOf = (service: string, { instances }: Scenario): string[] =>
  Array.from({ length: instances }, (_, i) => `${service}-${i + 1}`);
