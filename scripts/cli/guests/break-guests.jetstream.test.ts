import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ArchiveBegin } from '@refrain/event-log';
import { expect, test } from 'vitest';
import { refrain } from '../refrain.fixture.ts';
import { reconcileBroker } from '../supervisor/broker.ts';
import { findShop } from '../shop-at.ts';
import { planOf } from './broker-users.ts';
import { durable, guest } from './guest.fixture.ts';
import { allTopologies, guestsOf } from './guest-list.ts';
import { shopOf } from './shop.fixture.ts';

test('a guest that is refused on its second admission does not keep the shop from its next start', async () => {
  const { dataFolder, env, admit } = await shopOf();
  expect(await admit(guest)).toMatchObject({ code: 0 });
  // It wants to begin at 'now' after all: the broker refuses, one line, and nothing should have changed.
  const second = await admit({ ...guest, durables: [{ ...durable, from: 'now' }] });
  expect(second.code).not.toBe(0);
  expect(second.err).toContain('RF_TOPOLOGY');
  // What the next `refrain up` does.
  const shop = findShop({ ...process.env, ...env });
  await expect(reconcileBroker(shop, planOf(allTopologies(dataFolder), shop))).resolves.not.toThrow();
  expect(guestsOf(dataFolder)[0]?.durables[0]?.from).toBe('beginning');
});

test('an export that leaves out the log of a guest is not one that can be imported', async () => {
  const { dataFolder, env, admit } = await shopOf();
  expect(await admit(guest)).toMatchObject({ code: 0 });
  const file = join(dataFolder, 'shop.ndjson');
  expect(await refrain(['export', file], env)).toMatchObject({ code: 0 });
  const [begin = ''] = readFileSync(file, 'utf8').split('\n');
  const { positions, without } = (JSON.parse(begin) as { data: ArchiveBegin }).data;
  // In an import without it the guest begins with an empty log, and does all of it again.
  expect([...Object.keys(positions), ...without]).toContain('invoices');
});
