import { cause } from '@refrain/contract-kit';
import { effect, type OperationView, service, type ServiceDefinition } from '@refrain/runtime';
import { expect, it } from 'vitest';
import { askingWorld } from './asking.fixture.ts';
import { type Instance, World } from './world.ts';

const { w, thing } = askingWorld({ horizonMs: 60_000 }, 3);

class Broken extends Error {}
let mode: 'broken' | 'silent' | 'ok';
let calls: number;
const define = (): ServiceDefinition =>
  service({
    contract: w,
    deciders: [thing],
    effects: [
      effect(w, 'call', {
        call: async (asked) => {
          calls++;
          if (mode === 'silent') await new Promise<never>(() => {});
          if (mode === 'broken') throw new Broken();
          return thing.recordDone({ id: asked.id });
        },
        happened: thing.recordDone,
        classify: (error) => (error instanceof Broken ? 'broken' : undefined),
      }),
    ],
  });

const said = { by: 'ada', host: 'h', why: 'looked' };
let world: World;

async function does<T>(doing: Promise<T>): Promise<T> {
  let over = false;
  void doing.finally(() => (over = true)).catch(() => {});
  await world.clock.runUntil(() => over, 60_000);
  return await doing;
}

const pass = (ms: number): Promise<boolean> => world.clock.runUntil(() => false, ms);

async function only({ host }: Instance): Promise<OperationView | undefined> {
  return (await does(host.desk.operations())).items[0];
}

/** An effect that nobody can be asked about, and that the contract has no event for "it never happened". */
async function givenUp(): Promise<Instance> {
  [mode, calls, world] = ['broken', 0, new World({ seed: 1 })];
  world.declare([define()]);
  const instance = world.start('w-1', define);
  const isLost = (): boolean => world.broker.commitsOf('w').some(({ types }) => types.includes('Lost.1'));
  void instance.host.execute(thing.ask({ id: 'a' }), { cause: cause.request('t', 'a'), correlation: 'a' });
  await world.clock.runUntil(isLost, 60_000);
  return instance;
}

it('"it did not happen" is worth something also when the key is no longer known', async () => {
  const one = await givenUp();
  await pass(3_600_000); // a person looks an hour later
  const { id: op = '', attempts = 0 } = (await only(one)) ?? {};
  mode = 'ok';
  await does(one.host.desk.verdict(op, { ...said, happened: false, attempt: attempts }));
  await pass(600_000);
  // Closed, or waiting for a person again; who then can say something about it.
  const open = await only(one);
  const yes = { ...said, happened: true, attempt: open?.attempts ?? 0 };
  const again = open && (await does(one.host.desk.verdict(op, yes)).catch(() => undefined));
  expect({ open: open?.state, changed: open === undefined || again?.changed }).toMatchObject({
    changed: true,
  });
});

it('"it did not happen" says nothing of a call that was made since, and left no trace', async () => {
  const one = await givenUp();
  const { id: op = '', attempts: attempt = 0 } = (await only(one)) ?? {};
  [mode, calls] = ['silent', 0];
  await does(one.host.desk.verdict(op, { ...said, happened: false, attempt }));
  await world.clock.runUntil(() => calls === 1, 5_000);
  one.kill(); // in the middle of the call
  const two = world.start('w-2', define);
  await does(two.host.desk.cancel(op, said));
  await pass(120_000);
  expect(calls).toBe(1);
  expect(await only(two)).toMatchObject({ state: 'waiting', needs: ['verdict'] });
});
