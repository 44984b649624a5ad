import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { attachShop } from '../support/shop.ts';
import { shopDoors } from '../support/shop-doors.ts';
import { spoilTheKey } from '../support/spoiled-key.ts';
import { missing, type OpenPage, openPage, screenshot, startBrowser } from './browser.ts';
import { confirm, pageThere } from './steps.ts';

const minuteMs = 60_000;

// oxlint-disable-next-line vitest/valid-title -- it says what this machine would need
describe.skipIf(missing !== undefined)(missing ?? 'what a person does at the console', () => {
  const shop = attachShop(inject('shop'));
  const doors = shopDoors(shop);
  const url = `http://127.0.0.1:${shop.portBase}`;
  let browser: Browser;
  let page: Page;
  let complaints: OpenPage['complaints'];
  beforeAll(async () => {
    browser = await startBrowser();
    await pageThere(url);
    ({ page, complaints } = await openPage(browser, url));
  });
  afterAll(() => browser?.close());

  const shows = (text: string | RegExp): Promise<void> =>
    page.getByText(text).filter({ visible: true }).first().waitFor({ timeout: minuteMs });

  test('a dead letter is tried, driven again, and answered by a verdict', async () => {
    await doors.setFaults('psp', { mode: 'slow', steps: ['create'], delayMs: 3_000 });
    const flow = await doors.place();
    await spoilTheKey(doors, flow);
    await doors.setFaults('psp', { mode: 'none' });

    await page.goto(`${url}/dead-letters`);
    const group = page.getByRole('row').filter({ hasText: 'payments' });
    await group.getByRole('button', { name: 'Dry run' }).click({ timeout: minuteMs });
    await confirm(page, 'Dry run');
    await shows('What would come of it');
    await screenshot(page, 'dead-letters');
    await group.getByRole('button', { name: 'Redrive' }).click();
    await confirm(page, 'Redrive', 'the provider was asked');
    await shows('What came of it');

    // The provider says the same again; only a person can end it.
    await page.goto(`${url}/retries?state=verdict`);
    const row = page.getByRole('row').filter({ has: page.locator(`a[href*="${flow}"]`) });
    await row.getByRole('button', { name: 'Verdict' }).click({ timeout: minuteMs });
    await page.getByRole('button', { name: 'it did not' }).click();
    expect(
      await page
        .getByRole('dialog')
        .getByText(/^npx refrain verdict \w+ not-happened --attempt/)
        .count(),
    ).toBe(1);
    await confirm(page, 'Verdict', 'the provider knows of no payment');
    expect(await doors.settled(flow)).toMatchObject({ status: 'cancelled', reason: 'charge_failed' });
    expect(complaints).toEqual([]);
  });

  test('a replay says that today’s code decides as it was decided', async () => {
    await page.goto(`${url}/replay`);
    await page.getByLabel('Service').selectOption('orders');
    await page.getByRole('button', { name: 'Replay', exact: true }).click();
    await shows('Today’s code decides all of it as it was decided.');
    const { document } = await shop.refrain('replay', 'orders');
    expect(document).toMatchObject({ different: 0 });
    expect(complaints).toEqual([]);
  });
});
