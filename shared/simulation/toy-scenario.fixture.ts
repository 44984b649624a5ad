import { cause } from '@refrain/contract-kit';
import type { Dice } from './dice.ts';
import type { Entry } from './plan.ts';
import { recoverWorld } from './power-cut.ts';
import type { Run } from './run.ts';
import type { Finding, Scenario, Stage } from './scenario.ts';
import { commands, sourceService, workerService } from './toy.fixture.ts';

/** How the toy world is broken on purpose. */
export type ToyBug = 'none' | 'forgets its keys';

class ToyStage implements Stage {
  readonly #run: Run;
  readonly #bug: ToyBug;
  /** What the world did for each thing. */
  readonly #done = new Map<string, number>();
  readonly #answers = new Map<string, string>();
  readonly #told: string[] = [];

  constructor(run: Run, bug: ToyBug) {
    this.#run = run;
    this.#bug = bug;
  }

  define(service: string, { process }: Parameters<Stage['define']>[1]): ReturnType<Stage['define']> {
    if (service === 'source') return sourceService(30_000);
    const way = async (): Promise<void> => {
      await this.#run.world.clock.sleep(5);
      await process.going();
    };
    const world = {
      call: async (key: string, id: string) => {
        await way();
        const isRepeat = this.#bug === 'none' && this.#answers.has(key);
        if (!isRepeat) this.#done.set(id, (this.#done.get(id) ?? 0) + 1);
        this.#answers.set(key, id);
        this.#run.tell('world', `does ${id}`);
        await way();
        return key;
      },
      lookup: async (id: string) => {
        await way();
        return this.#done.has(id) ? id : undefined;
      },
      tell: async (id: string) => {
        await way();
        this.#told.push(id);
        await way();
      },
    };
    return workerService(process.watched('world', world));
  }

  perform({ args }: Entry): void {
    const id = String(args['id']);
    const origin = { cause: cause.request('test', id), correlation: id };
    const place = async (): Promise<void> => {
      for (;;) {
        const placed = this.#run.anyHost('source')?.execute(commands.root.place({ id }), origin);
        const late = this.#run.world.clock.sleep(3_000).then(() => false);
        const done = placed?.then(
          () => true,
          () => false,
        );
        if (await (done ? Promise.race([done, late]) : late)) return;
      }
    };
    void place();
  }

  #ended(): ReadonlySet<string> {
    const ends = new Set(['Told.1', 'TellLost.1', 'Refused.1', 'Failed.1', 'Lost.1']);
    const { broker } = this.#run.world;
    return new Set(
      broker
        .commitsOf('worker')
        .filter(({ types }) => types.some((type) => ends.has(type)))
        .map(({ entity }) => entity.entityId),
    );
  }

  isSettled(load: readonly Entry[]): boolean {
    const ended = this.#ended();
    return load.every(({ args }) => ended.has(String(args['id'])));
  }

  acts(): number {
    return this.#told.length + [...this.#done.values()].reduce((sum, n) => sum + n, 0);
  }

  dump(): string {
    return JSON.stringify([[...this.#done], this.#told]);
  }

  async check(): Promise<{ findings: Finding[]; invariants: Record<string, number> }> {
    const findings = [...this.#done].flatMap(([id, n]) =>
      n === 1 ? [] : [{ invariant: 'a thing is done once', where: id, found: `${n} times` }],
    );
    return { findings, invariants: { 'a thing is done once': this.#done.size } };
  }
}

/** The toy services as a scenario: what anybody's services need to be simulated. */
export const toyScenario = (bug: ToyBug = 'none'): Scenario => ({
  name: 'toy',
  services: ['source', 'worker'],
  instances: 2,
  faults: [],
  newer: [
    { service: 'source', type: 'Placed', readers: ['worker'] },
    { service: 'worker', type: 'Asked', readers: [] },
  ],
  recover: (run, id) => recoverWorld(run.world, run.definitions(), id),
  drawLoad: (dice: Dice, size: number) =>
    Array.from({ length: size }, (_, i) => ({
      atMs: dice.integer(100, 5_000),
      kind: 'thing',
      args: { id: `t${i + 1}` },
    })),
  begin: (run) => new ToyStage(run, bug),
});
