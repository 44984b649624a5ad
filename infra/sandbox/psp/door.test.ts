import { request } from 'node:http';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { intentOf, openPsp, temporaryFolder } from './psp.fixture.ts';

const statusFor = (url: string, host: string) =>
  new Promise((resolve) =>
    request(`${url}/ledger`, { headers: { host } }, (response) =>
      resolve(response.resume().statusCode),
    ).end(),
  );

test('only requests for this very machine are answered', async () => {
  const { url } = await openPsp();
  const { port } = new URL(url);
  for (const host of ['127.0.0.1', 'localhost', '[::1]'])
    expect(await statusFor(url, `${host}:${port}`)).toBe(200);
  for (const host of ['localhost', `evil.example:${port}`, '127.0.0.1:1'])
    expect(await statusFor(url, host)).toBe(421);
});

test.each([
  [{ mode: 'unknown' }, 'mode'],
  [{ mode: 'slow', surprise: 1 }, 'surprise'],
  [{ mode: 'none', rate: 1.5 }, 'rate'],
  [{ mode: 'none', steps: [] }, 'steps'],
  [{}, 'mode'],
])('faults that are not understood are refused and change nothing: %j', async (faults, named) => {
  const { setFaults, get } = await openPsp();
  await setFaults({ mode: 'slow', delayMs: 5 });
  const response = await setFaults(faults);
  expect(response.status).toBe(400);
  expect(response.headers.get('content-type')).toBe('application/problem+json');
  const problem = (await response.json()) as { errors: string[] };
  expect(problem).toMatchObject({ type: 'urn:refrain:problem:faults-invalid', status: 400 });
  expect(problem.errors.join()).toContain(named);
  expect(await get('/faults')).toMatchObject({ mode: 'slow', delayMs: 5 });
});

test('the control door takes JSON only, of a bounded size, and knows its own paths', async () => {
  const { url, get } = await openPsp();
  const put = async (contentType: string, body: string) =>
    (await fetch(`${url}/faults`, { method: 'PUT', headers: { 'content-type': contentType }, body })).json();
  expect(await put('text/plain', '{}')).toMatchObject({
    type: 'urn:refrain:problem:media-type-refused',
    status: 415,
  });
  expect(await put('application/json', '{')).toMatchObject({
    type: 'urn:refrain:problem:json-invalid',
    status: 400,
  });
  expect(await put('application/json', 'x'.repeat(70_000))).toMatchObject({ status: 413 });
  expect(await get('/nothing')).toMatchObject({ type: 'urn:refrain:problem:not-found', status: 404 });
  expect(await get('/calls?surprise=1')).toMatchObject({
    type: 'urn:refrain:problem:query-invalid',
    status: 400,
  });
});

test('calls are recorded with whom they concern, and found by operation, time and page', async () => {
  let time = Date.parse('2026-01-01T00:00:00Z');
  const { stripe, calls } = await openPsp({ now: () => time });
  const { id } = await intentOf(stripe);
  time += 1_000;
  const headers = { 'Refrain-Operation-Id': 'operation-9', 'Refrain-Correlation-Id': 'flow-1' };
  await stripe.rawRequest(
    'POST',
    `/v1/payment_intents/${id}/confirm`,
    {},
    { idempotencyKey: 'confirm-1', additionalHeaders: headers },
  );
  expect(await calls()).toMatchObject([
    { n: 1, step: 'create', operationId: 'operation-1', orderId: 'order-1', correlationId: null },
    {
      n: 2,
      at: '2026-01-01T00:00:01.000Z',
      method: 'POST',
      path: `/v1/payment_intents/${id}/confirm`,
      step: 'confirm',
      idempotencyKey: 'confirm-1',
      operationId: 'operation-9',
      orderId: 'order-1',
      correlationId: 'flow-1',
      fate: 'ok',
      status: 200,
    },
  ]);
  const numbers = async (query: string) => (await calls(query)).map(({ n }) => n);
  expect(await numbers('?operationId=operation-9')).toEqual([2]);
  expect(await numbers('?since=2026-01-01T00:00:01Z')).toEqual([2]);
  expect(await numbers('?limit=1')).toEqual([1]);
  expect(await numbers('?after=1&limit=1')).toEqual([2]);
});

test('the ledger is in a folder that only its owner can read', async () => {
  const dataDir = temporaryFolder();
  await openPsp({ dataDir });
  expect(statSync(join(dataDir, 'psp')).mode & 0o777).toBe(0o700);
});
