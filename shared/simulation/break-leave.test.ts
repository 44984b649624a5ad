import { cause } from '@refrain/contract-kit';
import type { Report } from '@refrain/governor';
import { MemoryClient } from '@refrain/memory';
import { effect, service, type ServiceDefinition } from '@refrain/runtime';
import { expect, it } from 'vitest';
import { askingWorld } from './asking.fixture.ts';
import { World } from './world.ts';

const { w, thing } = askingWorld({ horizonMs: 3_600_000, lookup: { visibleWithinMs: 0 } }, 5);

class Replayed extends Error {}
const requests: string[] = [];
const define = (): ServiceDefinition =>
  service({
    contract: w,
    deciders: [thing],
    effects: [
      effect(w, 'call', {
        call: async (asked, { key }) => {
          requests.push(key);
          if (key.includes('.1.')) throw new Replayed(); // what is stored under the first key is a failure
          return thing.recordDone({ id: asked.id });
        },
        lookup: async () => {
          requests.push('lookup');
          return 'not found';
        },
        classify: (error) => (error instanceof Replayed ? { failure: 'broken', replayed: true } : undefined),
      }),
    ],
  });

/** A single retry is granted, once; everything else has to wait. */
it('one leave is one request to the dependency, also where it is asked before it is called again', async () => {
  const world = new World({ seed: 1, governed: true });
  world.declare([define()]);
  const governor = new MemoryClient(world.broker);
  const reports: Report[] = [];
  void governor.reports.subscribe((report) => void reports.push(report));
  let [tick, revision, retries] = [0, 0, 0];
  const speak = (): void => {
    world.clock.at(world.clock.now() + 1_000, speak);
    const about = { v: 1, dependency: 'world', kind: 'open', reason: 'x', since: 1, waiting: 0, epoch: 1 };
    const word = { ...about, tick: ++tick, shares: {}, newcomer: { retries } };
    retries = 0;
    void governor.governorStore
      .write('word.world', JSON.stringify(word), revision)
      .then((stored) => (revision = stored ?? revision));
  };
  speak();
  const { host } = world.start('w-1', define);
  await world.clock.runUntil(() => false, 3_000);
  void host.execute(thing.ask({ id: 'a' }), { cause: cause.request('t', 'a'), correlation: 'a' });
  await world.clock.runUntil(() => requests.length === 1, 5_000);
  await world.clock.runUntil(() => false, 500);
  retries = 1;
  await world.clock.runUntil(() => requests.length > 1, 60_000);
  await world.clock.runUntil(() => false, 60_000);
  expect(requests.length - 1).toBe(1); // one retry was granted
});
