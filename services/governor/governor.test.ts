import { expect, test } from 'vitest';
import { reportOf } from '@refrain/testing';
import { Governors, steadyOutlook } from './governors.fixture.ts';
import type { Outlook } from './outlook.ts';

test('a governor alone takes the lease at once and speaks every second', async () => {
  const all = new Governors();
  await all.begin('a');
  await all.pass(10_000);
  expect(all.lease()).toMatchObject({ holder: 'a', epoch: 1 });
  expect(all.words().map(({ tick }) => tick)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
});

test('of two governors one speaks', async () => {
  const all = new Governors();
  await all.begin('a');
  const b = await all.begin('b');
  await all.pass(30_000);
  expect(b.governor.epoch).toBeUndefined();
  expect(new Set(all.words().map(({ epoch }) => epoch))).toEqual(new Set([1]));
  expect(all.words()).toHaveLength(31);
});

test('two that begin in the same moment are one', async () => {
  const all = new Governors();
  const beginning = Promise.all([all.begin('a'), all.begin('b')]);
  await all.pass(5_000);
  const both = await beginning;
  expect(both.filter(({ governor }) => governor.epoch !== undefined)).toHaveLength(1);
  expect(all.words().every(({ tick }, i) => tick === i + 1)).toBe(true);
});

test('when the one that speaks is killed, the other takes over within 5 s, in a higher term', async () => {
  const all = new Governors();
  const a = await all.begin('a');
  await all.begin('b', steadyOutlook('psp'), { driftMs: 86_400_000 }); // its clock is a day ahead
  await all.pass(5_000);
  a.client.kill();
  const before = all.words().length;
  await all.pass(2_000);
  expect(all.words()).toHaveLength(before);
  await all.pass(3_000);
  expect(all.lease()).toMatchObject({ holder: 'b', epoch: 2 });
  expect(all.words().at(-1)).toMatchObject({ epoch: 2 });
});

test('one that ends by itself lets the other speak within a second or so', async () => {
  const all = new Governors();
  const a = await all.begin('a');
  await all.begin('b');
  const stopping = a.governor.stop();
  await all.pass(1_200);
  await stopping;
  expect(all.lease()).toMatchObject({ holder: 'b', epoch: 2 });
});

test('one that was paused while it spoke says nothing more when it wakes, at whatever moment it stood still', async () => {
  for (let offset = 0; offset < 1_100; offset += 7) {
    const all = new Governors();
    const a = await all.begin('a');
    const b = await all.begin('b');
    await all.pass(2_000 + offset);
    a.pause.begin();
    await all.pass(8_000);
    expect(b.governor.epoch).toBe(2);
    const before = all.words();
    a.pause.end();
    await all.pass(1);
    expect(a.governor.epoch).toBeUndefined();
    await all.pass(4_000);
    const epochs = all.words().map(({ epoch }) => epoch);
    expect(epochs).toEqual([...epochs].sort((x, y) => x - y));
    expect(epochs.slice(before.length)).toEqual(epochs.slice(before.length).map(() => 2));
  }
});

test('one that was paused between its renewal and its words keeps them to itself, though nobody else speaks', async () => {
  const all = new Governors();
  const a = await all.begin('a');
  await all.pass(2_000);
  a.pause.atRead = 'pins';
  await all.pass(9_000);
  const before = all.words().length;
  a.pause.end();
  await all.pass(3_000);
  const after = all.words().slice(before);
  expect(after.length).toBeGreaterThan(1);
  expect(after.filter(({ epoch }) => epoch === 1)).toEqual([]);
});

test('one that cannot reach the broker is silent after 3 s, and goes on in a higher term when it can', async () => {
  const all = new Governors();
  const a = await all.begin('a');
  await all.pass(2_000);
  a.pause.begin();
  await all.pass(2_900);
  expect(a.governor.epoch).toBeDefined();
  await all.pass(1_000);
  expect(a.governor.epoch).toBeUndefined();
  a.pause.end();
  await all.pass(2_000);
  expect(all.words().at(-1)).toMatchObject({ epoch: 2 });
});

test('a word that somebody else stored meanwhile is built upon, and never the one of a higher term', async () => {
  const all = new Governors();
  const a = await all.begin('a');
  await all.pass(1_000);
  const last = await readLast(all);
  const old = { ...last.word, reason: 'late', tick: 1 };
  await written(all, 'word.psp', JSON.stringify(old), last.revision);
  await all.pass(1_500);
  expect(all.words().at(-1)?.reason).not.toBe('late');
  const now = await readLast(all);
  await written(all, 'word.psp', JSON.stringify({ ...now.word, epoch: 9, reason: 'theirs' }), now.revision);
  await all.pass(900);
  expect(all.words().at(-1)).toMatchObject({ epoch: 9, reason: 'theirs' });
  expect(a.told).toContain('another governor has taken over');
});

test('a term that instances have heard of and the broker has lost is not spoken in again', async () => {
  const all = new Governors();
  const a = await all.begin('a');
  const { governing } = all.newInstance();
  governing.report({ ...reportOf('payments', 'payments', 1), heard: { psp: { epoch: 7, tick: 3 } } });
  await all.pass(2_000);
  expect(a.governor.epoch).toBe(8);
  governing.report({ ...reportOf('payments', 'payments', 2), heard: { psp: { epoch: 1e15, tick: 3 } } });
  await all.pass(2_000);
  expect(a.governor.epoch).toBe(8);
  expect(all.words().at(-1)).toMatchObject({ epoch: 8 });
});

test('what changes is told and kept: another kind, a pin, its release', async () => {
  const all = new Governors();
  await all.begin('a');
  await all.pass(2_000);
  const pin = { kind: 'suppressed', by: 'ada', host: 'h', why: 'w', at: all.clock.now() };
  await written(all, 'pins', JSON.stringify({ v: 1, pins: { psp: pin } }), 0);
  await all.pass(2_000);
  expect(all.words().at(-1)).toMatchObject({ kind: 'suppressed', pin: { by: 'ada' } });
  const lines = all.broker.bucket.history('change.psp').map(({ value }) => JSON.parse(value) as unknown);
  expect(lines).toMatchObject([
    { what: 'word', kind: 'open' },
    { what: 'word', kind: 'suppressed' },
  ]);
});

test('that a ramp ends is kept, though the calls are throttled before and after', async () => {
  const all = new Governors();
  const said = { kind: 'throttled', rate: 4, ramp: true } as {
    kind: 'throttled';
    rate: number;
    ramp?: boolean;
  };
  await all.begin('a', steadyOutlook('psp', said));
  await all.pass(2_000);
  delete said.ramp;
  await all.pass(2_000);
  const lines = all.broker.bucket.history('change.psp').map(({ value }) => JSON.parse(value) as unknown);
  expect(lines).toMatchObject([
    { kind: 'throttled', ramp: true },
    { kind: 'throttled', ramp: false },
  ]);
});

test('each term begins with a line of its own, so that one that was lost with its governor is missed no longer', async () => {
  const all = new Governors();
  const a = await all.begin('a');
  await all.begin('b');
  await all.pass(2_000);
  a.client.kill();
  await all.pass(6_000);
  const lines = all.broker.bucket.history('change.psp').map(({ value }) => JSON.parse(value) as unknown);
  expect(lines).toMatchObject([
    { what: 'word', kind: 'open', epoch: 1 },
    { what: 'word', kind: 'open', epoch: 2 },
  ]);
});

test('a pin whose time is over holds no longer', async () => {
  const all = new Governors();
  await all.begin('a');
  const pin = { kind: 'suppressed', until: all.clock.now() + 3_000, by: 'a', host: 'h', why: 'w', at: 1 };
  await written(all, 'pins', JSON.stringify({ v: 1, pins: { psp: pin } }), 0);
  await all.pass(2_000);
  expect(all.words().at(-1)?.kind).toBe('suppressed');
  await all.pass(2_500);
  expect(all.words().at(-1)?.kind).toBe('open');
});

test('pins or a policy that cannot be read leave the last ones standing, and are told once', async () => {
  const all = new Governors();
  const a = await all.begin('a');
  const pin = { kind: 'suppressed', by: 'ada', host: 'h', why: 'w', at: 1 };
  const revision = await written(all, 'pins', JSON.stringify({ v: 1, pins: { psp: pin } }), 0);
  await all.pass(2_000);
  await written(all, 'pins', 'nonsense', revision);
  await written(all, 'policy', '{"version":"x"}', 0);
  await all.pass(5_000);
  expect(all.words().at(-1)?.kind).toBe('suppressed');
  expect(a.told.filter((line) => line.includes('cannot be read'))).toHaveLength(1);
});

async function written(all: Governors, key: string, value: string, expected: number): Promise<number> {
  const writing = all.store.write(key, value, expected);
  await all.pass(10);
  const revision = await writing;
  if (revision === undefined) throw new Error(`${key} was not written on ${expected}`);
  return revision;
}

async function readLast(all: Governors) {
  const reading = all.store.read('word.psp');
  await all.pass(10);
  const kept = await reading;
  if (!kept) throw new Error('no word');
  return { revision: kept.revision, word: JSON.parse(kept.value) as { epoch: number } };
}

test('a word outside its own schema is told once and not written: the old one stays, and others are said', async () => {
  const all = new Governors();
  const [psp, mail] = [steadyOutlook('psp'), steadyOutlook('mail')];
  let rate = 5;
  const outlook: Outlook = {
    ...psp,
    decide: (about) => [...psp.decide(about).map((said) => ({ ...said, rate })), ...mail.decide(about)],
  };
  const { told } = await all.begin('a', outlook);
  await all.pass(3_000);
  rate = Number.NaN;
  await all.pass(3_000);
  const isDefect = (message: string): boolean => message.includes('a defect of ours');
  expect(told.filter(isDefect)).toHaveLength(1);
  expect(all.words('psp').map((said) => said.rate)).toEqual([5, 5, 5, 5]);
  expect(all.words('mail')).toHaveLength(7);
  rate = 6;
  await all.pass(2_000);
  expect(all.words('psp').at(-1)).toMatchObject({ rate: 6 });
});
