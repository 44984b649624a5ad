import { setTimeout as sleep } from 'node:timers/promises';
import {
  auditReport,
  choreographyMap,
  entityPage,
  errandsPage,
  faultsPage,
  frame,
  governorPage,
  lettersOverview,
  loadSummary,
  operationStory,
  orderPage,
  ordersPage,
  overview,
  redriving,
  replayReport,
  routes,
  session,
} from '@refrain/console/api';
import { expect, inject, test, vi } from 'vitest';
import type { z } from 'zod';
import { consoleDoors } from '../support/console-doors.ts';
import { shopDoors } from '../support/shop-doors.ts';
import { attachShop } from '../support/shop.ts';

const shop = attachShop(inject('shop'));
const doors = shopDoors(shop);
const { url, ask, sent, get, done, place } = consoleDoors(shop);

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
  const charge = expect.objectContaining({ entity: `charge/${orderId}`, orderId });
  expect(frames.flatMap(({ latest }) => latest)).toContainEqual(charge);
  expect(frames.length).toBeLessThanOrEqual((performance.now() - startedAt) / 500 + 3);
  aborted.abort();
  await reading;
  expect(frames.map((each) => frame.parse(each))).toEqual(frames);
  await doors.settled(orderId);
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
