import { defaultPolicy } from '@refrain/governor';
import { MemoryBroker, MemoryClient, VirtualClock } from '@refrain/memory';
import { wordOn } from '@refrain/testing';
import { expect, onTestFinished, test } from 'vitest';
import { Desk } from './desk.ts';
import { steadyOutlook } from './governors.fixture.ts';
import { governorDoor } from './http.ts';
import { unseen } from './lease.ts';
import type { Outlook } from './outlook.ts';

const asker = { by: 'ada', host: 'laptop', why: 'the provider told us' };

function open(more: Partial<Outlook> = {}) {
  const clock = new VirtualClock();
  const stop = clock.autorun();
  const broker = new MemoryBroker({ clock, chance: () => 0, latencyMs: 0 });
  const { governorStore: store } = new MemoryClient(broker);
  const view = { ...unseen, lease: { v: 1 as const, holder: 'governor.x', epoch: 3 } };
  const outlook = { ...steadyOutlook('psp'), ...more };
  const desk = new Desk({ store, outlook, clock, lease: () => ({ view, self: 'governor.y' }) });
  const door = governorDoor({ desk, isReady: () => true });
  onTestFinished(async () => {
    stop();
    await door.close();
  });
  const send = async (method: 'GET' | 'POST' | 'PUT', url: string, payload?: object) => {
    const response = await door.inject({ method, url, ...(payload && { payload }) });
    return { status: response.statusCode, type: typeOf(response.json()), body: response.json<Body>() };
  };
  return { broker, clock, store, send };
}

type Body = Record<string, unknown>;
const typeOf = (body: unknown): unknown => (body as { type?: string }).type?.split(':').at(-1);

test('the status says what is said, how long ago, by whom, and by which policy', async () => {
  const { send, store } = open();
  await store.write('word.psp', JSON.stringify({ ...wordOn('psp', 4, 3), warning: 'near' }), 0);
  const { status, body } = await send('GET', '/status');
  expect(status).toBe(200);
  expect(body).toMatchObject({
    lease: { holder: 'governor.x', epoch: 3, isOwn: false },
    policyVersion: 0,
    words: [{ dependency: 'psp', kind: 'open', warning: 'near', epoch: 3, tick: 4, saidAgoMs: 0 }],
    budgets: [],
    instances: [],
  });
});

test.each([
  ['more was repeated than allowed, and a ramp let it go', 18, 9_000, true],
  ['nothing needs to be explained', 14, 9_000, undefined],
  ['the ramp was too long ago to explain it', 18, 30_000, undefined],
])('the budget names a ramp where it explains the figures: %s', async (_, used, agoMs, ramp) => {
  const { send, store, clock } = open({ budgets: () => [{ dependency: 'psp', used, allowed: 14 }] });
  const ramping = { ...wordOn('psp', 1), kind: 'throttled', rate: 5, ramp: true };
  const revision = await store.write('word.psp', JSON.stringify(ramping), 0);
  await clock.sleep(agoMs);
  await store.write('word.psp', JSON.stringify(wordOn('psp', 2)), revision ?? 0);
  const { body } = await send('GET', '/status');
  expect(body['budgets']).toEqual([{ dependency: 'psp', used, allowed: 14, ...(ramp && { ramp }) }]);
});

test('a pin holds with who, where and why until it is released, and both stay on record', async () => {
  const { send, broker, clock } = open();
  const pinned = await send('POST', '/pins/psp', { kind: 'suppressed', forS: 60, ...asker });
  const at = clock.now();
  expect(pinned).toMatchObject({
    status: 200,
    body: { dependency: 'psp', pin: { kind: 'suppressed', until: at + 60_000, ...asker } },
  });
  expect(JSON.parse(broker.bucket.last('pins')?.value ?? '')).toEqual({
    v: 1,
    pins: { psp: pinned.body['pin'] },
  });
  const released = await send('POST', '/pins/psp/release', { ...asker, why: 'it is back' });
  expect(released).toMatchObject({ status: 200, body: { released: { by: 'ada', why: 'it is back' } } });
  expect(JSON.parse(broker.bucket.last('pins')?.value ?? '')).toEqual({ v: 1, pins: {} });
  const { body } = await send('GET', '/words/psp/history');
  expect(body).toMatchObject([
    { what: 'released', why: 'it is back' },
    { what: 'pinned', pin: { kind: 'suppressed', ...asker } },
  ]);
});

test('pins on two dependencies at once both hold', async () => {
  const { send, broker, store } = open();
  await store.write('dependencies', JSON.stringify({ v: 1, names: ['smtp'] }), 0);
  const both = ['psp', 'smtp'].map((name) => send('POST', `/pins/${name}`, { kind: 'open', ...asker }));
  expect((await Promise.all(both)).map(({ status }) => status)).toEqual([200, 200]);
  const { pins } = JSON.parse(broker.bucket.last('pins')?.value ?? '') as { pins: object };
  expect(Object.keys(pins).sort()).toEqual(['psp', 'smtp']);
});

test('a pin that is over is gone, and can be released no more', async () => {
  const { send, clock } = open();
  await send('POST', '/pins/psp', { kind: 'suppressed', forS: 1, ...asker });
  await clock.sleep(1_001);
  expect(await send('POST', '/pins/psp/release', asker)).toMatchObject({ status: 404, type: 'not-pinned' });
});

test.each([
  ['/pins/psp', { ...asker, kind: 'throttled' }],
  ['/pins/psp', { ...asker, kind: 'suppressed', rate: 5 }],
  ['/pins/psp', { ...asker, kind: 'throttled', rate: 0 }],
  ['/pins/psp', { ...asker, kind: 'probing' }],
  ['/pins/psp', { ...asker, kind: 'open', forS: 0 }],
  ['/pins/psp', { ...asker, kind: 'open', forS: 2_592_001 }],
  ['/pins/psp', { ...asker, kind: 'open', for: 5 }],
  ['/pins/psp', { kind: 'open', by: 'ada', host: 'h' }],
  ['/pins/psp', { kind: 'open', by: 'ada', host: 'h', why: '  ' }],
  ['/pins/psp/release', { by: 'ada', host: 'h' }],
])('a request to %s that says %j is refused', async (url, payload) => {
  const { send, broker } = open();
  expect(await send('POST', url, payload)).toMatchObject({ status: 400, type: 'body-invalid' });
  expect(broker.bucket.last('pins')).toBeUndefined();
});

test('a dependency that nobody reports is unknown, and the known ones are named', async () => {
  const { send } = open();
  const pinned = await send('POST', '/pins/pps', { kind: 'open', ...asker });
  expect(pinned).toMatchObject({ status: 404, type: 'dependency-unknown' });
  expect(pinned.body['detail']).toContain('Known are psp');
  expect(await send('GET', '/words/pps/history')).toMatchObject({ status: 404 });
  expect(await send('GET', '/words/a.b/history')).toMatchObject({ status: 400, type: 'dependency-invalid' });
  expect((await send('GET', '/words/psp/history')).body).toEqual([]);
});

test('a policy takes the place of the version that it names, and of no other', async () => {
  const { send } = open();
  expect((await send('GET', '/policy')).body).toMatchObject({ version: 0, policy: defaultPolicy });
  const policy = { budget: { more: 4 } };
  const set = await send('PUT', '/policy', { policy, version: 0, ...asker });
  expect(set).toMatchObject({ status: 200, body: { version: 1, ...asker } });
  // What it leaves out is the default.
  expect(set.body['policy']).toEqual({ ...defaultPolicy, budget: { ...defaultPolicy.budget, more: 4 } });
  expect((await send('GET', '/policy')).body).toEqual(set.body);
  const late = await send('PUT', '/policy', { policy: {}, version: 0, ...asker });
  expect(late).toMatchObject({ status: 409, type: 'changed-meanwhile' });
  const both = [1, 1].map((version) => send('PUT', '/policy', { policy: {}, version, ...asker }));
  expect((await Promise.all(both)).map(({ status }) => String(status)).sort()).toEqual(['200', '409']);
});

test.each([
  { budget: { share: 2 } },
  { failures: { warn: 0.5, throttle: 0.4 } },
  { budgett: {} },
  { load: { handlingMs: { warn: 5_000, throttle: 100 } } },
  { ramp: { factor: 9 } },
])('the policy %j is refused, and the one before stays', async (policy) => {
  const { send, broker } = open();
  const refused = await send('PUT', '/policy', { policy, version: 0, ...asker });
  expect(refused).toMatchObject({ status: 400, type: 'body-invalid' });
  expect(broker.bucket.last('policy')).toBeUndefined();
});
