import { routes, session } from '@refrain/console/api';
import type { Logger } from '@refrain/telemetry';
import { afterAll, expect, inject, test } from 'vitest';
import { openConsole } from '../../scripts/console/console.ts';
import { attachShop } from '../support/shop.ts';

const { refrainData } = attachShop(inject('shop'));
const token = 'a-token-of-24-characters';
const host = '127.0.0.1:4000';
const lines: object[] = [];
const note = (fields: object): void => void lines.push(fields);
const logger: Logger = { debug: note, info: note, warn: note, error: note, routine: () => {} };

const open = (more: { token?: string; readOnly?: boolean; host?: string } = {}) =>
  openConsole(
    {
      dataFolder: refrainData,
      port: 0,
      host: '127.0.0.1',
      token: undefined,
      readOnly: false,
      traceUrlTemplate: 'http://traces/{traceId}',
      logLevel: 'info',
      ...more,
    },
    logger,
    () => ({ state: 'building' }),
  );
const withToken = open({ token });
const readOnly = open({ readOnly: true });
const everywhere = open({ token, host: '0.0.0.0' });
const plain = open();
afterAll(async () => {
  await Promise.all([withToken, readOnly, everywhere, plain].map(async ({ close }) => await close()));
});

const headers = { host, origin: `http://${host}`, 'content-type': 'application/json' };
const get = (url: string, more: Record<string, string> = {}) => ({
  method: 'GET' as const,
  url,
  headers: { host, ...more },
});

test('without the token nothing is told but that it is needed', async () => {
  for (const url of [routes.overview, routes.order('x'), routes.live, '/api/none'])
    expect((await withToken.door.inject(get(url))).json()).toMatchObject({
      status: 401,
      type: 'urn:refrain:problem:token-required',
    });
  const told = (await withToken.door.inject(get(routes.session))).json<unknown>();
  expect(session.parse(told)).toMatchObject({
    needsToken: true,
    services: [],
    sandboxes: [],
    traceUrlTemplate: null,
  });
  expect((await withToken.door.inject({ ...get(routes.audit), method: 'POST', headers })).statusCode).toBe(
    401,
  );
  expect((await withToken.door.inject(get('/'))).body).toContain('being built');
});

test('with the token, or the cookie of a login, all is told', async () => {
  const bearer = { authorization: `Bearer ${token}` };
  expect((await withToken.door.inject(get(routes.overview, bearer))).statusCode).toBe(200);
  const login = (given: string) =>
    withToken.door.inject({ method: 'POST', url: routes.login, headers, payload: { token: given } });
  expect((await login('wrong')).json()).toMatchObject({
    status: 401,
    type: 'urn:refrain:problem:token-wrong',
  });
  const { statusCode, headers: answered } = await login(token);
  expect(statusCode).toBe(204);
  const [cookie = ''] = String(answered['set-cookie']).split(';');
  const told = await withToken.door.inject(get(routes.session, { cookie }));
  expect(told.json()).toMatchObject({ needsToken: false, traceUrlTemplate: 'http://traces/{traceId}' });
  expect(JSON.stringify(lines)).not.toContain(token);
});

const why = { why: 'x' };
const changing: [method: 'POST' | 'PUT', url: string, payload: object][] = [
  ['POST', routes.orders, { lines: [{ sku: 'tea-001', quantity: 1 }], paymentMethod: 'pm_card_visa' }],
  ['POST', routes.retryNow('x'), why],
  ['POST', routes.retryCancel('x'), why],
  ['POST', routes.verdict('x'), { ...why, happened: true, attempt: 1 }],
  ['POST', routes.governorPin('psp'), { ...why, kind: 'open' }],
  ['POST', routes.governorRelease('psp'), why],
  ['POST', routes.deadLettersRedrive, { ...why, all: true }],
  ['POST', routes.deadLetterResolve('x'), why],
  ['PUT', routes.fault('psp'), { mode: 'none' }],
  ['POST', routes.load, { orders: 1, rate: 1 }],
];

test.each(changing)('read-only, a %s to %s is refused', async (method, url, payload) => {
  const answer = await readOnly.door.inject({ method, url, headers, payload });
  expect(answer.json()).toMatchObject({ status: 403, type: 'urn:refrain:problem:read-only' });
});

test('no other route changes anything: what is left to who only reads is to look, and errands that look', () => {
  const routesTold = readOnly.door.printRoutes({ commonPrefix: false }).split('\n');
  const posts = routesTold.filter((line) => /\(.*(POST|PUT|DELETE|PATCH).*\)/.test(line));
  // Besides those above: login, dry run, audit, doctor, replay, and stopping an errand.
  expect(posts).toHaveLength(changing.length + 6);
});

test('read-only, all is shown', async () => {
  expect((await readOnly.door.inject(get(routes.session))).json()).toMatchObject({ readOnly: true });
  expect((await readOnly.door.inject(get(routes.retries))).statusCode).toBe(200);
});

test('each action leaves a line with who and why, whatever came of it', async () => {
  const action = `POST ${routes.retryNow('x')}`;
  const asked = { method: 'POST' as const, url: routes.retryNow('x'), headers, payload: why };
  await readOnly.door.inject(asked);
  expect(lines).toContainEqual({ action, status: 403 }); // it was refused before anybody read what it says
  const known = { ...headers, authorization: `Bearer ${token}` };
  await withToken.door.inject({ ...asked, headers: known, payload: { ...why, by: 'ada' } });
  expect(lines).toContainEqual({ action, status: 404, by: 'ada', why: 'x' });
});

test('the line of what was done says what was asked, since faults and loads are in no other log', async () => {
  const [url, payload] = [routes.fault('psp'), { mode: 'none' }];
  await plain.door.inject({ method: 'PUT', url, headers, payload });
  expect(lines).toContainEqual({ action: `PUT ${url}`, status: 200, asked: '{"mode":"none"}' });
});

test('a door that is open to others answers to the name they use, and a page from elsewhere has no cookie', async () => {
  const other = { host: 'shop.example:4000', authorization: `Bearer ${token}` };
  expect((await everywhere.door.inject(get(routes.retries, other))).statusCode).toBe(200);
  expect((await everywhere.door.inject(get(routes.retries, { host: 'evil.example' }))).statusCode).toBe(401);
  expect((await withToken.door.inject(get(routes.retries, other))).statusCode).toBe(421);
});
