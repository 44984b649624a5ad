import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, inject, onTestFinished, test } from 'vitest';
import { testBroker } from '../../../shared/jetstream/test-broker.fixture.ts';
import { reconcileBroker } from '../supervisor/broker.ts';
import { planOf } from '../guests/broker-users.ts';
import { allTopologies } from '../guests/guest-list.ts';
import { shopOf } from '../guests/shop.fixture.ts';
import { refrain } from '../refrain.fixture.ts';
import { findShop } from '../shop-at.ts';

test('an import says how the shop is started, and then how it is taken over', async () => {
  const shop = await shopOf();
  const at = findShop(shop.env);
  await reconcileBroker(at, planOf(allTopologies(shop.dataFolder), at));
  const file = join(shop.dataFolder, 'shop.ndjson');
  expect(await refrain(['export', file], shop.env)).toMatchObject({ code: 0 });

  const broker = await testBroker(inject('natsServerBin'));
  onTestFinished(() => broker.close());
  const folder = mkdtempSync(join(tmpdir(), 'refrain-next-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const env = { REFRAIN_DATA: folder, NATS_URL: broker.url, PATH: process.env['PATH'] };
  const { code, out } = await refrain(['import', file, '--port-base', '5700'], env);
  expect(code).toBe(0);
  const [, start, look, takeOver] = out.split('\n');
  expect(start).toContain(`(NATS_URL among them): REFRAIN_DATA=${folder} npm start -- --port-base 5700`);
  expect(look).toContain(`REFRAIN_DATA=${folder} npx refrain retries ls`);
  expect(takeOver).toContain(`REFRAIN_DATA=${folder} npx refrain import --take-over --why "..."`);
});
