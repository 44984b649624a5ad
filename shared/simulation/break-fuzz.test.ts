import { beforeEach, expect, it } from 'vitest';
import { chanceOf } from './chance.ts';
import { code, DeskRun, mended } from './desk.fixture.ts';

beforeEach(mended);

/** Two clerks, lost acknowledgements, deaths, and people who say all kinds of things at any moment. */
async function unrest(seed: number): Promise<DeskRun> {
  const chance = chanceOf(seed * 7919 + 13);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(chance() * list.length)] as T;
  const run = new DeskRun(seed, { lostAcks: 0.1, doubledDeliveries: 0.1 });
  let other = run.clerk;
  run.start();
  for (const name of ['a', 'b']) run.place(name);
  const word = async (): Promise<void> => {
    const alive = [other, run.clerk].filter((one) => one.alive).map(({ host }) => host.desk);
    const desk = pick(alive);
    const who = { by: pick(['ada', 'bob']), host: 'h', why: 'w' };
    const { items } = await desk.operations();
    if (items.length === 0) return;
    const { id, attempts: attempt } = pick(items);
    const act = pick(['retry', 'cancel', 'yes', 'no', 'no', 'redrive', 'sweep'] as const);
    if (act === 'retry') await desk.retryNow(id, { ...who, attempt: pick([undefined, attempt]) });
    if (act === 'cancel' && chance() < 0.3) await desk.cancel(id, who);
    if (act === 'yes' || act === 'no') await desk.verdict(id, { ...who, happened: act === 'yes', attempt });
    if (act === 'redrive') await desk.redrive({ ...who, all: true });
    if (act === 'sweep') await desk.sweepNow();
  };
  for (let i = 0; i < 40; i++) {
    code.pay = pick(['ok', 'ok', 'broken', 'surprise']);
    code.post = pick(['ok', 'unsent', 'unsent', 'unknown', 'surprise']);
    for (let k = 0; k < 1 + chance() * 3; k++) void word().catch(() => {});
    if (chance() < 0.15) {
      const victim = pick([other, run.clerk]);
      victim.kill();
      const kept = victim === other ? run.clerk : other;
      run.start();
      other = kept;
    }
    if (chance() < 0.1) run.world.broker.redeliverAll();
    await run.pass(pick([5, 20, 50, 200, 1_000, 5_000, 30_000]));
  }
  mended();
  await run.pass(900_000);
  return run;
}

/** What a person can do about all that is left, several times over. Returns what nobody could settle. */
async function settled(run: DeskRun): Promise<string[]> {
  const who = { by: 'zoe', host: 'h', why: 'it has to end' };
  const open = async () => (await run.does((desk) => desk.operations())).items;
  for (let k = 0; k < 8; k++) {
    for (const { id, attempts: attempt } of await open()) {
      const happened = true;
      await run.does((desk) => desk.redrive({ ...who, all: true })).catch(() => {});
      await run.does((desk) => desk.verdict(id, { ...who, happened, attempt })).catch(() => {});
      await run.does((desk) => desk.retryNow(id, who)).catch(() => {});
    }
    await run.pass(120_000);
  }
  return (await open()).map(({ effect, state, needs }) => `${effect} ${state} ${needs?.join()}`);
}

// 80, 89 and 129: given up a second time by an instance that had not seen the verdict; nobody cancelled.
it.each([36, 60, 80, 89, 129])(
  'whatever people say and whenever, each operation can be settled, and no event id is used twice (%i)',
  async (seed) => {
    const run = await unrest(seed);
    expect(await settled(run)).toEqual([]);
    const ids = run.events().map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  },
);
