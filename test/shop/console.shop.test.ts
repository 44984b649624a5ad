import { setTimeout as sleep } from 'node:timers/promises';
import {
  auditReport,
  choreographyMap,
  entityPage,
  errand,
  type Errand,
  errandsPage,
  faultsPage,
  frame,
  governorHistory,
  governorPage,
  lettersOverview,
  loadSummary,
  operationStory,
  orderPage,
  ordersPage,
  overview,
  pinned,
  redriving,
  released,
  replayReport,
  retriesPage,
  routes,
  sandboxFaults,
  session,
  spoken,
} from '@refrain/console/api';
import { afterAll, expect, inject, test, vi } from 'vitest';
import type { z } from 'zod';
import { shopDoors } from '../support/shop-doors.ts';
import { attachShop } from '../support/shop.ts';

const shop = attachShop(inject('shop'));
const doors = shopDoors(shop);
const url = `http://127.0.0.1:${shop.portBase}`;

interface Told {
  status: number;
  body: unknown;
}

async function ask(path: string, init: RequestInit = {}): Promise<Told> {
  const response = await fetch(`${url}${path}`, { ...init, signal: AbortSignal.timeout(30_000) });
  return { status: response.status, body: await response.json() };
}

const sent = (method: string, body: unknown, origin = url): RequestInit => ({
  method,
  headers: { 'content-type': 'application/json', origin },
  body: JSON.stringify(body),
});

/** An answer in exactly the shape that is declared: nothing is missing, and nothing else is told. */
function shaped<T>(schema: z.ZodType<T>, { status, body }: Told, expected = 200): T {
  expect({ status, body }).toEqual({ status: expected, body: schema.parse(body) });
  return body as T;
}

const get = async <T>(path: string, schema: z.ZodType<T>): Promise<T> => shaped(schema, await ask(path));
const post = async <T>(path: string, body: unknown, schema: z.ZodType<T>, status = 200): Promise<T> =>
  shaped(schema, await ask(path, sent('POST', body)), status);

/** Begins an errand and waits for its end. */
async function done<T>(path: string, body: unknown, schema: z.ZodType<T>): Promise<T> {
  const { id } = await post(path, body, errand, 202);
  const ended = await vi.waitFor(
    async () => {
      const now = await get(routes.errand(id), errand);
      if (now.state === 'running') throw new Error(`${now.kind}: ${now.progress}`);
      return now;
    },
    { timeout: 60_000, interval: 100 },
  );
  expect(ended).toMatchObject({ state: 'done' } satisfies Partial<Errand>);
  expect(schema.parse(ended.result)).toEqual(ended.result);
  return ended.result as T;
}

const place = async (paymentMethod: string): Promise<string> => {
  const answer = await ask(
    routes.orders,
    sent('POST', { lines: [{ sku: 'tea-001', quantity: 2 }], paymentMethod }),
  );
  expect(answer.status).toBe(202);
  return (answer.body as { orderId: string }).orderId;
};

afterAll(async () => {
  await doors.setFaults('psp', { mode: 'none' });
  await doors.setFaults('mail', { mode: 'none' });
});

test('the shop is seen whole: processes, services, words, what goes between them', async () => {
  expect(await get(routes.session, session)).toMatchObject({ needsToken: false, sandboxes: ['psp', 'mail'] });
  const seen = await get(routes.overview, overview);
  expect(seen.processes.find(({ name }) => name === 'console')).toMatchObject({ status: 'ready', url });
  expect(seen.services.every(({ ready, instances }) => ready === instances)).toBe(true);
  expect(seen.matters.map(({ matter }) => matter)).toContain('unsettled order');
  expect(seen.missing).toEqual([]);
  await get(routes.map, choreographyMap);
  await get(routes.governor, governorPage);
  await get(routes.faults, faultsPage);
  await get(routes.deadLetters, lettersOverview);
  await get(routes.errands, errandsPage);
});

test('an order is found and seen from all sides, without what is personal', async () => {
  const orderId = await place('pm_card_chargeDeclined');
  await doors.settled(orderId);
  const page = await get(routes.order(orderId), orderPage);
  expect(page).toMatchObject({ status: 'cancelled', reason: 'card_declined', missing: [] });
  expect(JSON.stringify(page)).not.toContain('console@example.org');
  const [newest] = (await get(`${routes.orders}?limit=1`, ordersPage)).items;
  expect(newest?.orderId).toBe(orderId);
  const [charge] = page.operations;
  const operation = charge?.operation ?? '';
  expect((await get(routes.operation(operation), operationStory)).steps).toEqual(charge?.steps);
  for (const [query, found] of [
    [orderId, 'order'],
    [operation, 'operation'],
  ]) {
    const { items, ...rest } = await get(`${routes.orders}?query=${query}`, ordersPage);
    expect([items.map((one) => one.orderId), rest]).toEqual([[orderId], { found }]);
  }
  expect(await get(`${routes.orders}?query=nobody`, ordersPage)).toEqual({ items: [], found: null });
  // Its time slider: what it was at the first place, and what the last one changed.
  const place0 = routes.entity('orders', 'order', orderId);
  const now = await get(place0, entityPage);
  const before = await get(`${place0}?at=${now.positions[0]?.seq}`, entityPage);
  expect([before.state, now.state]).toMatchObject([{ status: 'placed' }, { status: 'cancelled' }]);
  expect(JSON.stringify(now)).not.toContain('console@example.org');
  expect(now.changes.flatMap(({ changes }) => changes)).toContainEqual({
    path: 'status',
    before: 'cancelling',
    after: 'cancelled',
  });
});

test('what happens is heard while it happens, in two frames a second at most', async () => {
  const aborted = new AbortController();
  const response = await fetch(`${url}${routes.live}`, { signal: aborted.signal });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const frames: z.output<typeof frame>[] = [];
  const reading = (async () => {
    let text = '';
    for await (const part of response.body as unknown as AsyncIterable<Uint8Array>) {
      text += new TextDecoder().decode(part);
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        frames.push(JSON.parse(text.slice(text.indexOf('data: ') + 6, end)) as z.output<typeof frame>);
        text = text.slice(end + 2);
      }
    }
  })().catch(() => {});
  await vi.waitFor(() => expect(frames[0]?.services).toHaveLength(4), { timeout: 10_000 });
  const startedAt = performance.now();
  const orderId = await place('pm_card_visa');
  const heard = (name: string): number => frames.reduce((sum, { events }) => sum + (events[name] ?? 0), 0);
  await vi.waitFor(() => expect(heard('payments.ChargeCaptured')).toBeGreaterThan(0), { timeout: 10_000 });
  expect(frames.flatMap(({ latest }) => latest.map(({ entity }) => entity))).toContain(`charge/${orderId}`);
  expect(frames.length).toBeLessThanOrEqual((performance.now() - startedAt) / 500 + 3);
  aborted.abort();
  await reading;
  expect(frames.map((each) => frame.parse(each))).toEqual(frames);
  await doors.settled(orderId);
});

test('a provider that fails is seen, waited for, and a person’s word about it is on record', async () => {
  await get(routes.faults, faultsPage);
  shaped(sandboxFaults, await ask(routes.fault('psp'), sent('PUT', { mode: 'fail_before', rate: 1 })));
  const orderId = await place('pm_card_visa');
  const open = await vi.waitFor(
    async () => {
      const { items } = await get(`${routes.retries}?flow=${orderId}`, retriesPage);
      const [first] = items;
      if (!first || first.attempts === 0) throw new Error('it is not waiting yet');
      return first;
    },
    { timeout: 20_000, interval: 100 },
  );
  shaped(sandboxFaults, await ask(routes.fault('psp'), sent('PUT', { mode: 'none' })));
  const word = await post(routes.retryNow(open.id), { why: 'it is well again' }, spoken);
  expect(word).toMatchObject({ changed: true, service: 'payments' });
  await doors.settled(orderId);
  const page = await get(routes.order(orderId), orderPage);
  expect(page.waits).toContainEqual(expect.objectContaining({ operation: open.id, attempt: 2 }));
  const told = page.operations.flatMap(({ steps }) => steps.flatMap(({ sentences }) => sentences));
  expect(told).toContainEqual(
    expect.stringMatching(/^A person wanted the next attempt.*: console \(on .*it is well again$/),
  );
});

test('an outcome that nobody can know waits for a verdict, which counts once and is on record', async () => {
  await doors.setFaults('mail', { mode: 'fail_after' });
  const orderId = await place('pm_card_visa');
  const asked = await vi.waitFor(
    async () => {
      const { items } = await get(routes.verdicts, retriesPage);
      const found = items.find(({ flow }) => flow === orderId);
      if (!found) throw new Error('nobody is asked yet');
      return found;
    },
    { timeout: 20_000, interval: 100 },
  );
  await doors.setFaults('mail', { mode: 'none' });
  const word = { why: 'the mail is there', happened: true, attempt: asked.attempts };
  expect(await post(routes.verdict(asked.id), word, spoken)).toMatchObject({ changed: true });
  expect(await post(routes.verdict(asked.id), word, spoken)).toMatchObject({ changed: false });
  const other = await ask(routes.verdict(asked.id), sent('POST', { ...word, happened: false }));
  expect(other).toMatchObject({ status: 409, body: { type: 'urn:refrain:problem:refused' } });
  const { status, steps } = await get(routes.operation(asked.id), operationStory);
  expect(status).toBe('closed');
  expect(steps.flatMap(({ sentences }) => sentences)).toContainEqual(
    expect.stringMatching(/^A person said that it happened: console \(on .*the mail is there$/),
  );
});

test('a word is pinned and released, and both stand in its history', async () => {
  const why = { why: 'the console’s test', by: 'ada' };
  const pin = await post(routes.governorPin('mail'), { kind: 'open', forS: 60, ...why }, pinned);
  expect(pin.pin).toMatchObject({ kind: 'open', by: 'ada' });
  await post(routes.governorRelease('mail'), why, released);
  const { items } = await get(routes.governorHistory('mail'), governorHistory);
  // The governor's own words name the pin, too.
  const mine = items.filter((line) => line.what !== 'word' && JSON.stringify(line).includes(why.why));
  expect(mine.map(({ what }) => what).slice(0, 2)).toEqual(['released', 'pinned']);
  expect((await ask(routes.governorRelease('mail'), sent('POST', why))).status).toBe(409);
});

test('a load, a dry run, a replay and an audit are errands, with what the commands tell', async () => {
  expect(await done(routes.load, { orders: 8, rate: 20 }, loadSummary)).toMatchObject({
    orders: 8,
    broken: [],
  });
  const [tried, again, audited] = await Promise.all([
    done(routes.deadLettersDryRun, { all: true }, redriving),
    done(routes.replay, { service: 'payments' }, replayReport),
    done(routes.audit, {}, auditReport),
  ]);
  expect(tried).toMatchObject({ dryRun: true });
  expect(again).toMatchObject({ service: 'payments', different: 0 });
  expect(again.same).toBeGreaterThan(0);
  expect(audited.counts.violations).toBe(0);
});

const why = 'x';
test.each([
  ['GET', '/api/none', undefined, 404],
  ['GET', '/api/orders/nobody', undefined, 404],
  ['GET', '/api/orders/a.b', undefined, 400],
  ['GET', '/api/orders?limit=1000', undefined, 400],
  ['GET', '/api/orders?after=nobody', undefined, 404],
  ['GET', '/api/orders?x=1', undefined, 400],
  ['POST', '/api/orders', { lines: [], paymentMethod: 'pm_card_visa' }, 400],
  ['POST', '/api/orders', { lines: [{ sku: 'gold', quantity: 1 }], paymentMethod: 'pm_card_visa' }, 400],
  ['GET', '/api/operations/nobody', undefined, 404],
  ['GET', '/api/entities/nobody/order/x', undefined, 400],
  ['GET', '/api/entities/orders/order/nobody', undefined, 404],
  ['GET', '/api/entities/orders/order/nobody?at=yesterday', undefined, 400],
  ['GET', '/api/entities/orders/order/nobody?at=99999999', undefined, 400],
  ['GET', '/api/retries?state=closed', undefined, 400],
  ['POST', '/api/retries/nobody/now', { why }, 404],
  ['POST', '/api/retries/nobody/now', {}, 400],
  ['POST', '/api/verdicts/nobody', { why, happened: true, attempt: 1 }, 404],
  ['POST', '/api/verdicts/nobody', { why, happened: true }, 400],
  ['POST', '/api/governor/psp/pin', { why, kind: 'throttled' }, 400],
  ['POST', '/api/governor/nobody/pin', { why, kind: 'open' }, 409],
  ['GET', '/api/dead-letters/nobody/g', undefined, 404],
  ['POST', '/api/dead-letters/redrive', { why, all: true, group: 'g' }, 400],
  ['POST', '/api/dead-letters/redrive', { all: true }, 409],
  ['POST', '/api/dead-letters/nobody/resolve', { why }, 404],
  ['POST', '/api/replay', { service: 'nobody' }, 400],
  ['POST', '/api/replay', { service: 'orders', from: '9', to: '3' }, 400],
  ['PUT', '/api/faults/nats', { mode: 'none' }, 404],
  ['PUT', '/api/faults/psp', { mode: 'sleepy' }, 400],
  ['POST', '/api/load', { orders: 100_000, rate: 1 }, 400],
  ['GET', '/api/errands/nobody', undefined, 404],
  ['POST', '/api/map', {}, 405],
])('%s %s with %j is refused as a problem: %i', async (method, path, body, status) => {
  const answer = await ask(path, body === undefined ? { method } : sent(method, body));
  expect(answer).toMatchObject({
    status,
    body: { type: expect.stringContaining('urn:refrain:problem:'), status },
  });
});

test('pages from elsewhere change nothing, and a door by another name shows nothing', async () => {
  for (const origin of ['http://evil.example', 'null', `http://localhost:${shop.portBase}`]) {
    const answer = await ask(routes.fault('psp'), sent('PUT', { mode: 'down' }, origin));
    expect(answer).toMatchObject({ status: 403, body: { type: 'urn:refrain:problem:origin-refused' } });
  }
  const form = { method: 'POST', headers: { 'content-type': 'text/plain', origin: url }, body: '{}' };
  expect((await ask(routes.audit, form)).status).toBe(415);
  expect((await ask(routes.errandStop('x'), { method: 'POST' })).status).toBe(403);
  const { headers } = await fetch(`${url}/`);
  expect(headers.get('content-security-policy')).toContain("default-src 'self'");
  expect((await doors.ask(`${doors.urls.psp}/faults`)).body).toMatchObject({ mode: 'none' });
});

test('a slow listener holds up nobody', async () => {
  const listening = await Promise.all(
    Array.from({ length: 5 }, () => fetch(`${url}${routes.live}`, { signal: AbortSignal.timeout(20_000) })),
  );
  await sleep(600); // nobody reads
  expect((await get(routes.overview, overview)).missing).toEqual([]);
  await Promise.all(listening.map(async ({ body }) => await body?.cancel()));
});
