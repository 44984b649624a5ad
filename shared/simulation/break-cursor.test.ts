import { cause, defineContract, event } from '@refrain/contract-kit';
import { defineDecider } from '@refrain/decider';
import { newCommit, parseType, type Position, type RecordedEvent } from '@refrain/event-log';
import { on, service, silentLog } from '@refrain/runtime';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { type Instance, World } from './world.ts';

const id = z.string();
const tally = defineContract({
  service: 'tally',
  entities: {
    request: { id: 'id', events: { Asked: event(1, { id }) } },
    pool: { fixedId: 'main', events: { Counted: event(1, { id }) } },
  },
});
const request = defineDecider(
  tally,
  'request',
  {},
)({
  evolve: { Asked: () => {} },
  decide: { ask: (_, asked: { id: string }) => [tally.Asked(asked)] },
});
const pool = defineDecider(tally, 'pool', { total: 0 })({
  evolve: { Counted: (state) => void state.total++ },
  decide: { count: (_, asked: { id: string }) => [tally.Counted({ id: asked.id })] },
});
const tallyService = service({
  contract: tally,
  deciders: [request],
  hot: [{ decider: pool, answers: [on(tally.Asked, 'count', pool.count)] }],
});

class Run {
  readonly errors: string[] = [];
  readonly world = new World({
    seed: 1,
    logger: { ...silentLog, error: (_, message) => void this.errors.push(message) },
  });
  constructor() {
    this.world.declare([tallyService]);
  }
  start(name: string): Instance {
    return this.world.start(name, () => tallyService);
  }
  ask(from: Instance, name: string): void {
    const origin = { cause: cause.request('t', name), correlation: name };
    void from.host.execute(request.ask({ id: name }), origin);
  }
  counted(): number {
    const types = this.world.broker.commitsOf('tally').flatMap((commit) => commit.types);
    return types.filter((text) => parseType(text).type === 'Counted').length;
  }
  /** Somebody else's commit, as a log that was cut and went on has it. */
  write(entityType: string, entityId: string, type: string, cursor?: Position): void {
    const of = { cause: 'c', reaction: 'r', correlation: entityId, data: { id: entityId } };
    const events: RecordedEvent[] = [{ id: `${type}-${entityId}`, type, version: 1, ...of }];
    const entity = { service: 'tally', entityType, entityId };
    this.world.broker.publish(newCommit({ entity, expected: 0, events, cursor }));
  }
  pass(ms: number): Promise<boolean> {
    return this.world.clock.runUntil(() => false, ms);
  }
}

it('goes on at its last own commit when the tail behind that was cut and written anew', async () => {
  const run = new Run();
  const instance = run.start('tally-1');
  await run.pass(1_000);
  run.write('request', 'a', 'Asked');
  await run.pass(5_000);
  run.world.broker.truncate('tally', 0);
  run.write('request', 'b', 'Asked');
  run.write('request', 'c', 'Asked');
  await run.pass(5_000);
  run.ask(instance, 'd');
  await run.pass(5_000);
  expect({ counted: run.counted(), errors: run.errors }).toEqual({ counted: 3, errors: [] });
});

it('stops, says so once and does not spin when its own cursor names what the log does not have', async () => {
  const run = new Run();
  run.write('request', 'a', 'Asked');
  run.write('pool', 'main', 'Counted', { seq: 1, commitId: 'cut off' });
  const { broker } = run.world;
  let looks = 0;
  const commitsOf = broker.commitsOf.bind(broker);
  broker.commitsOf = (name) => {
    looks++;
    return commitsOf(name);
  };
  const instance = run.start('tally-1');
  await run.pass(5_000);
  const before = looks;
  run.ask(instance, 'b');
  await run.pass(600_000);
  expect(run.errors).toEqual(['a hot entity stopped']);
  expect(before).toBeGreaterThan(0);
  expect(looks).toBeLessThan(before + 600); // others read this log as well, but none several times a second
  expect(run.counted()).toBe(1);
});
