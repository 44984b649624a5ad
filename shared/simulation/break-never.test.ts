import { cause } from '@refrain/contract-kit';
import { effect, service, type ServiceDefinition } from '@refrain/runtime';
import { expect, it } from 'vitest';
import { askingWorld } from './asking.fixture.ts';
import { World } from './world.ts';

const { w, thing } = askingWorld({ horizonMs: 60_000 }, 3);

class Broken extends Error {}
let isBroken = true;
const define = (): ServiceDefinition =>
  service({
    contract: w,
    deciders: [thing],
    effects: [
      effect(w, 'call', {
        call: async (asked) => {
          if (isBroken) throw new Broken();
          return thing.recordDone({ id: asked.id });
        },
        happened: thing.recordDone,
        classify: (error) => (error instanceof Broken ? 'broken' : undefined),
      }),
    ],
  });

/** An effect that nobody can be asked about, and that the contract has no event for "it never happened". */
it('"it did not happen" is worth something also when the key is no longer known', async () => {
  const world = new World({ seed: 1 });
  world.declare([define()]);
  const { host } = world.start('w-1', define);
  const { desk } = host;
  const types = (): string =>
    world.broker
      .commitsOf('w')
      .flatMap((commit) => [...commit.types])
      .join(' ');
  const does = async <T>(doing: Promise<T>): Promise<T> => {
    let over = false;
    void doing.finally(() => (over = true)).catch(() => {});
    await world.clock.runUntil(() => over, 60_000);
    return await doing;
  };
  void host.execute(thing.ask({ id: 'a' }), { cause: cause.request('t', 'a'), correlation: 'a' });
  await world.clock.runUntil(() => types().includes('Lost'), 60_000);
  await world.clock.runUntil(() => false, 3_600_000); // a person looks an hour later
  const only = async () => (await does(desk.operations())).items[0];
  const said = { by: 'ada', host: 'h', why: 'looked' };
  const { id: op = '', attempts = 0 } = (await only()) ?? {};
  isBroken = false;
  await does(desk.verdict(op, { ...said, happened: false, attempt: attempts }));
  await world.clock.runUntil(() => false, 600_000);
  // Closed, or waiting for a person again; who then can say something about it.
  const open = await only();
  const yes = { ...said, happened: true, attempt: open?.attempts ?? 0 };
  const again = open && (await does(desk.verdict(op, yes)).catch(() => undefined));
  expect({ open: open?.state, changed: open === undefined || again?.changed }).toMatchObject({
    changed: true,
  });
});
