import { isRefrainError } from '@refrain/errors';
import { MemoryClient } from '@refrain/memory';
import { readReport, rewind } from '@refrain/runtime';
import { expect, it } from 'vitest';
import { definitionOf, Run } from './breakable.fixture.ts';

type Asked = Parameters<typeof rewind>[1];

const silent = { call: async () => 'ref' };

/** A recovery as `up` begins it, and what it came to. */
async function recovered(run: Run, asked: Asked, quietMs = 1_500): Promise<unknown> {
  const { log, recovering } = run.world.admin();
  const parts = { log, recovering, clock: run.world.clock, definitions: [definitionOf(silent)], quietMs };
  const done = rewind(parts, asked).catch((error: unknown) => error);
  await run.pass(quietMs + 2_000);
  return await done;
}

const open = (outside: Parameters<typeof definitionOf>[0] = silent): Run =>
  new Run(() => definitionOf(outside), { recovering: true });

async function reported(run: Run, id: string): Promise<boolean> {
  const reading = readReport(run.world.admin().recovering.bucket, { service: 'w', id });
  await run.pass(100);
  return (await reading) !== undefined;
}

const sinceOf = (result: unknown): number =>
  (result as { readonly recovery: { readonly since: number } }).recovery.since;

it('a recovery that cannot go on is named as it was asked for', async () => {
  const deaf = new Run(() => definitionOf(silent)); // it hears of no recovery
  deaf.start();
  await deaf.pass(1_000);
  const refusal = await recovered(deaf, { id: 'boot-7', since: 0 });
  expect(isRefrainError(refusal, 'RF_RECOVERY_BUSY')).toBe(true);
  expect(String(refusal)).toContain('The recovery boot-7 cannot go on');
});

it('one that was broken off is taken along by the next: it goes back as far', async () => {
  const run = open();
  const now = run.world.clock.now();
  const { bucket } = run.world.admin().recovering;
  const broken = { v: 1, id: 'boot-2', phase: 'rewinding', since: now - 500_000 };
  const writing = bucket.write('recovery', JSON.stringify(broken), 0);
  await run.pass(100);
  await writing;
  expect(sinceOf(await recovered(run, { id: 'boot-3', since: now - 60_000 }))).toBe(now - 500_000);
});

it('so is one of which a service has not ended its part', async () => {
  const run = open({ ...silent, acts: () => Promise.reject(new Error('gone')) });
  const now = run.world.clock.now();
  await recovered(run, { id: 'boot-2', since: now - 500_000 });
  run.start();
  await run.pass(600_000);
  run.instances[0]?.kill();
  const later = run.world.clock.now() - 60_000;
  expect(sinceOf(await recovered(run, { id: 'boot-3', since: later }))).toBe(now - 500_000);
});

it('so is one that ended in the span that is lost now; one that ended before is done with', async () => {
  const run = open();
  const now = run.world.clock.now();
  await recovered(run, { id: 'boot-2', since: now - 500_000 });
  run.start();
  await run.pass(30_000);
  expect(await reported(run, 'boot-2')).toBe(true);
  run.instances[0]?.kill();
  const soon = run.world.clock.now() - 60_000;
  expect(sinceOf(await recovered(run, { id: 'boot-3', since: soon }))).toBe(now - 500_000);
  run.start();
  await run.pass(300_000);
  run.instances[1]?.kill();
  const later = run.world.clock.now() - 60_000;
  expect(sinceOf(await recovered(run, { id: 'boot-4', since: later }))).toBe(later);
});

it('so is one whose record the second cut took, where it stands beside the store', async () => {
  const run = open();
  const now = run.world.clock.now();
  const before = { id: 'boot-2', since: now - 500_000 };
  const asked = { id: 'boot-3', since: now - 60_000, before };
  expect(sinceOf(await recovered(run, asked))).toBe(now - 500_000);
  // Where the record is there, the record tells whether it has to be taken along.
  run.start();
  await run.pass(300_000);
  run.instances[0]?.kill();
  const later = { id: 'boot-4', since: run.world.clock.now() - 60_000 };
  expect(sinceOf(await recovered(run, { ...later, before: { ...before, id: 'boot-3' } }))).toBe(later.since);
});

it('a process that is told to stop ends, also while the provider may not be called', async () => {
  const run = new Run(() => definitionOf({ ...silent, acts: async () => [] }), {
    recovering: true,
    governed: true,
  });
  const governor = new MemoryClient(run.world.broker).governorStore;
  const about = { v: 1, dependency: 'world', reason: 'x', since: 1, waiting: 0, epoch: 1, shares: {} };
  let tick = 0;
  const speak = async (): Promise<void> => {
    run.world.clock.at(run.world.clock.now() + 1_000, () => void speak());
    const stands = (await governor.read('word.world'))?.revision ?? 0;
    const word = { ...about, kind: 'suppressed', tick: ++tick };
    await governor.write('word.world', JSON.stringify(word), stands);
  };
  void speak();
  await recovered(run, { id: 'boot-2', since: 0 });
  for (const waitMs of [200, 30_000]) {
    const { host } = run.start();
    await run.pass(waitMs);
    let drained = false;
    void host.drain().then(() => (drained = true));
    await run.pass(5_000);
    expect(drained, `told after ${waitMs} ms`).toBe(true);
    expect(await reported(run, 'boot-2')).toBe(false);
  }
});
