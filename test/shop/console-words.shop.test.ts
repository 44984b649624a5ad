import { setTimeout as sleep } from 'node:timers/promises';
import {
  faultsPage,
  governorHistory,
  operationStory,
  orderPage,
  pinned,
  released,
  retriesPage,
  routes,
  sandboxFaults,
  spoken,
} from '@refrain/console/api';
import { afterAll, expect, inject, test, vi } from 'vitest';
import { consoleDoors, shaped } from '../support/console-doors.ts';
import { shopDoors } from '../support/shop-doors.ts';
import { attachShop } from '../support/shop.ts';

const shop = attachShop(inject('shop'));
const doors = shopDoors(shop);
const { ask, sent, get, post, place } = consoleDoors(shop);

afterAll(async () => {
  await doors.setFaults('psp', { mode: 'none' });
  await doors.setFaults('mail', { mode: 'none' });
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
  await sleep(100); // a wait of less than 50 ms is not told
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
