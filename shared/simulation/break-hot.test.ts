import { cause, defineContract, event } from '@refrain/contract-kit';
import { defineDecider } from '@refrain/decider';
import { parseType } from '@refrain/event-log';
import { on, service } from '@refrain/runtime';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Instance, World } from './world.ts';

interface Options {
  /** Characters that an answer has more than its request. */
  readonly answerMore?: number;
  readonly throwsWith?: string;
  readonly onDefectThrows?: boolean;
  /** A later build: it has a second kind of request. */
  readonly later?: boolean;
}
const id = z.string();
const blob = z.string();

function build({ answerMore = 0, throwsWith, onDefectThrows = false, later = false }: Options = {}) {
  const h = defineContract({
    service: 'h',
    entities: {
      req: {
        id: 'id',
        events: { Asked: event(1, { id, blob }), ...(later && { AskedAnew: event(1, { id }) }) },
      },
      pool: {
        fixedId: 'main',
        events: { Added: event(1, { id, total: z.int(), blob }), Refused: event(1, { id }) },
      },
    },
  }) as never as Record<string, (d: object) => never> & { $contract: never };
  const c = h as never;
  const req = (defineDecider as never as (...a: unknown[]) => (d: unknown) => A)(
    c,
    'req',
    {},
  )({
    evolve: { Asked: () => {}, AskedAnew: () => {} },
    decide: {
      ask: (_: unknown, d: object) => [(h['Asked'] as (d: object) => never)(d)],
      askAnew: (_: unknown, d: object) => [(h['AskedAnew'] as (d: object) => never)(d)],
    },
  });
  const pool = (defineDecider as never as (...a: unknown[]) => (d: unknown) => A)(c, 'pool', { total: 0 })({
    evolve: {
      Added: (s: { total: number }, d: { total: number }) => void (s.total = d.total),
      Refused: () => {},
    },
    decide: {
      add: (s: { total: number }, d: { id: string; blob?: string }) => {
        if (d.id === 'bad' && throwsWith !== undefined) throw new Error(throwsWith);
        return [
          (h['Added'] as (d: object) => never)({
            id: d.id,
            total: s.total + 1,
            blob: 'b'.repeat(answerMore),
          }),
        ];
      },
      refuse: (_: unknown, d: { id: string }) => [(h['Refused'] as (d: object) => never)(d)],
    },
  });
  const p = pool as { add: never; refuse: (d: object) => never; $decider: never };
  return {
    req: req as { ask(d: object): never; askAnew(d: object): never },
    definition: service({
      contract: c,
      deciders: [req],
      hot: [
        {
          decider: pool,
          answers: [
            on(h['Asked'] as never, 'add', p.add),
            ...(later ? [on(h['AskedAnew'] as never, 'add anew', p.add)] : []),
          ],
          ...(onDefectThrows && { onDefect: () => p.refuse({ id: undefined }) }),
        },
      ],
    }),
  };
}
// oxlint-disable-next-line typescript/no-explicit-any -- a test builds two builds of one service
type A = any;

class Run {
  readonly world = new World({ seed: 1 });
  readonly instances: Instance[] = [];
  constructor(options: Options = {}) {
    this.world.declare([build(options).definition]);
  }
  start(options: Options = {}, name = `h-${this.instances.length + 1}`): Instance {
    const instance = this.world.start(name, () => build(options).definition);
    this.instances.push(instance);
    return instance;
  }
  ask(idOf: string, size = 10, from = this.instances[0] as Instance): void {
    const command = build().req.ask({ id: idOf, blob: 'x'.repeat(size) });
    void from.host.execute(command, { cause: cause.request('t', idOf), correlation: idOf });
  }
  count(type: string): number {
    return this.world.broker
      .commitsOf('h')
      .flatMap((c) => c.types)
      .filter((t) => parseType(t).type === type).length;
  }
}

describe('a hot entity', () => {
  it('answers a request that is larger than half a commit, and those behind it', async () => {
    const run = new Run();
    run.start();
    run.ask('large', 140_000);
    await run.world.clock.runUntil(() => run.count('Asked') === 1, 10_000);
    run.ask('small');
    await run.world.clock.runUntil(() => run.count('Added') === 2, 600_000);
    expect(run.count('Added')).toBe(2);
  });

  it('answers requests whose answers are larger than they are', async () => {
    const run = new Run({ answerMore: 5_000 });
    const first = run.start({ answerMore: 5_000 });
    for (let i = 0; i < 64; i++) run.ask(`t${i}`);
    await run.world.clock.runUntil(() => run.count('Asked') === 64, 10_000);
    first.kill(); // the next process finds 64 of them waiting
    const before = run.count('Added');
    run.start({ answerMore: 5_000 });
    await run.world.clock.runUntil(() => run.count('Added') === 64, 600_000);
    expect({ before, answered: run.count('Added') }).toEqual({ before: 0, answered: 64 });
  });

  it('goes on behind a request whose decision throws with a long message', async () => {
    const options = { throwsWith: 'x'.repeat(300_000) };
    const run = new Run(options);
    run.start(options);
    run.ask('bad');
    await run.world.clock.runUntil(() => run.count('Asked') === 1, 10_000);
    run.ask('good');
    await run.world.clock.runUntil(() => run.count('Added') === 1, 600_000);
    expect(run.count('Added')).toBe(1);
  });

  it('goes on behind a request of which not even the refusal can be decided', async () => {
    const options = { throwsWith: 'x', onDefectThrows: true };
    const run = new Run(options);
    run.start(options);
    run.ask('bad');
    await run.world.clock.runUntil(() => run.count('Asked') === 1, 10_000);
    run.ask('good');
    await run.world.clock.runUntil(() => run.count('Added') === 1, 600_000);
    expect(run.count('Added')).toBe(1);
  });

  it('does not pass over a request that only a later build knows', async () => {
    const run = new Run({ later: true });
    run.start({}, 'h-1'); // the older build still runs
    const later = run.start({ later: true }, 'h-2');
    await run.world.clock.runUntil(() => false, 1_000);
    const asks = build({ later: true }).req;
    void later.host.execute(asks.askAnew({ id: 'n' }), { cause: cause.request('t', 'n'), correlation: 'n' });
    await run.world.clock.runUntil(() => run.count('AskedAnew') === 1, 1_000);
    later.kill(); // the newcomer dies; the older build goes on for a while
    run.ask('o');
    await run.world.clock.runUntil(() => run.count('Added') === 1, 10_000);
    run.start({ later: true }, 'h-3');
    run.instances[0]?.kill(); // and then the roll-out is done
    await run.world.clock.runUntil(() => run.count('Added') === 2, 600_000);
    expect(run.count('Added')).toBe(2);
  });

  it('waits for a replica that lags, and does not read its whole history again and again', async () => {
    const run = new Run();
    const first = run.start();
    for (let i = 0; i < 50; i++) {
      run.ask(`t${i}`);
      await run.world.clock.runUntil(() => run.count('Added') === i + 1, 10_000);
    }
    // The replica that answers this process lacks what was stored last, for two seconds.
    const { broker, clock } = run.world;
    first.kill();
    const start = clock.now();
    const of = broker.commitsOfSubject.bind(broker);
    let loads = 0;
    broker.commitsOfSubject = (s, subject) => {
      if (!subject.includes('.pool.')) return of(s, subject);
      loads++;
      const all = of(s, subject);
      return clock.now() - start < 2_000 ? all.slice(0, -1) : all;
    };
    run.start();
    run.ask('last', 10, run.instances[1]);
    await clock.runUntil(() => run.count('Added') === 51, 60_000);
    expect(run.count('Added')).toBe(51);
    expect(loads).toBeGreaterThan(1);
    expect(loads).toBeLessThan(40);
  });
});
