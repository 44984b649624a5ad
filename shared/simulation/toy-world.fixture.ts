import { cause } from '@refrain/contract-kit';
import { parseType, type RecordedEvent } from '@refrain/event-log';
import type { HostOptions } from '@refrain/runtime';
import { commands, sourceService, ToyFailure, type ToyWorld, workerService } from './toy.fixture.ts';
import { type Instance, World, type WorldOptions } from './world.ts';

export type Fate = 'ok' | 'broken before' | 'broken after' | 'refused' | 'gone' | 'surprise' | 'silent';

/** The toy services in a world, with a ledger of what the outside really did. */
export class ToyRun {
  readonly world: World;
  /** Every call that reached the world, and what it changed: by key once, and mails each time. */
  readonly calls: string[] = [];
  readonly done = new Map<string, string>();
  readonly told: string[] = [];
  /** What becomes of the next calls; `ok` when it is empty. */
  readonly fates: Fate[] = [];
  readonly tellFates: Fate[] = [];
  readonly instances: Instance[] = [];

  constructor(seed: number, faults: Omit<WorldOptions, 'seed'> = {}, deadlineMs = 60_000) {
    this.world = new World({ seed, ...faults });
    this.world.declare([sourceService(deadlineMs), workerService(this.outside(() => true))]);
    this.start('source', deadlineMs);
  }

  start(name: 'source' | 'worker', deadlineMs = 60_000, options: Partial<HostOptions> = {}): Instance {
    const number = this.instances.filter((i) => i.name.startsWith(name)).length + 1;
    const instance = this.world.start(
      `${name}-${number}`,
      ({ alive }) => (name === 'source' ? sourceService(deadlineMs) : workerService(this.outside(alive))),
      options,
    );
    this.instances.push(instance);
    return instance;
  }

  /** The outside as a process sees it: it goes on when the process dies, and the process hears nothing. */
  outside(alive: () => boolean): ToyWorld {
    const way = async (): Promise<void> => {
      await this.world.clock.sleep(1 + this.world.chance() * 10);
      if (!alive()) await new Promise<never>(() => {});
    };
    return {
      call: async (key, id) => {
        await way();
        this.calls.push(key);
        const fate = this.fates.shift() ?? 'ok';
        if (fate === 'gone' || fate === 'refused') throw new ToyFailure(fate);
        if (fate === 'surprise') throw new ToyFailure(undefined);
        if (fate === 'silent') await new Promise<never>(() => {});
        if (fate !== 'broken before' && !this.done.has(key)) this.done.set(key, id);
        await way();
        if (fate !== 'ok') throw new ToyFailure('broken');
        return key;
      },
      lookup: async (id) => {
        await way();
        return [...this.done].find(([, other]) => other === id)?.[0];
      },
      tell: async (id) => {
        await way();
        const fate = this.tellFates.shift() ?? 'ok';
        if (fate === 'broken before') throw new ToyFailure('unsent');
        this.told.push(id);
        await way();
        if (fate !== 'ok') throw new ToyFailure('unknown');
      },
    };
  }

  place(id: string): Promise<unknown> {
    const origin = { cause: cause.request('test', id), correlation: id };
    return (this.instances[0] as Instance).host.execute(commands.root.place({ id }), origin);
  }

  /** Lets time pass until `done`, for at most `maxMs`. */
  async until(done: () => boolean, maxMs = 600_000): Promise<boolean> {
    return await this.world.clock.runUntil(done, maxMs);
  }

  async pass(ms: number): Promise<void> {
    await this.world.clock.runUntil(() => false, ms);
  }

  events(service: string): RecordedEvent[] {
    return this.world.broker.commitsOf(service).flatMap((c) => [...c.body().events]);
  }

  types(service: string, id?: string): string[] {
    return this.world.broker
      .commitsOf(service)
      .filter((c) => id === undefined || c.entity.entityId === id)
      .flatMap((c) => c.types.map((text) => parseType(text).type));
  }

  has(type: string): boolean {
    return this.types('worker').includes(type);
  }
}
