import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest';
import { attachShop } from '../support/shop.ts';
import { orderBody, shopDoors } from '../support/shop-doors.ts';
import { missing, type OpenPage, openPage, screenshot, startBrowser } from './browser.ts';
import { confirm, layWaste, pageThere } from './steps.ts';

const rare = { lines: [{ sku: 'rare-001', quantity: 6 }] };
const minuteMs = 60_000;

// oxlint-disable-next-line vitest/valid-title -- it says what this machine would need
describe.skipIf(missing !== undefined)(missing ?? 'the console at the running shop', () => {
  const shop = attachShop(inject('shop'));
  const doors = shopDoors(shop);
  const url = `http://127.0.0.1:${shop.portBase}`;
  let browser: Browser;
  let page: Page;
  let complaints: OpenPage['complaints'];
  beforeAll(async () => {
    browser = await startBrowser();
    await pageThere(url);
    ({ page, complaints } = await openPage(browser, url, { colorScheme: 'dark' }));
  });
  afterAll(() => browser?.close());
  beforeEach(() => void complaints.splice(0));

  const shows = (text: string | RegExp): Promise<void> =>
    page.getByText(text).filter({ visible: true }).first().waitFor({ timeout: minuteMs });
  const goTo = async (place: string): Promise<void> => {
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: place }).click();
    await page.getByRole('heading', { name: place, level: 1 }).waitFor();
  };

  test('an order is placed, and shows on the map and in its page as it happens', async () => {
    await goTo('Orders');
    await page.getByRole('button', { name: 'Place an order' }).click();
    const said = await confirm(page, 'Place an order');
    const [orderId = ''] = /[a-z2-7]{26}/.exec(said) ?? [];
    expect((await doors.settled(orderId)).status).toBe('completed');
    await goTo('Map');
    await shows('OrderCompleted');
    await page.getByRole('searchbox').fill(orderId);
    await page.keyboard.press('Enter');
    await shows('MailSent');
    expect(complaints).toEqual([]);
  });

  test('one sees an order compensate: what caused what, and each state it was in', async () => {
    const orderId = await doors.place(orderBody(rare));
    await doors.settled(orderId);
    await page.goto(`${url}/orders/${orderId}`);
    for (const event of ['StockRefused', 'RefundRequested', 'RefundIssued', 'OrderCancelled'])
      await shows(event);
    await screenshot(page, 'order');
    await page.getByRole('button', { name: 'Causes' }).click();
    await shows(/ledger: refund of/);
    await screenshot(page, 'causes');

    await page.getByRole('button', { name: 'States' }).click();
    await page.getByRole('button', { name: 'payments charge' }).click();
    await shows('"issued"');
    const slider = page.getByRole('slider');
    await slider.press('Home');
    await expect
      .poll(() => page.getByRole('region', { name: /^State of charge/ }).textContent())
      .toContain('"charging"');
    expect(page.url()).toMatch(/at=\d+/);
    const shown = await page.getByText(/^npx refrain state payments/).textContent();
    const { document } = await shop.refrain(...String(shown).split(' ').slice(2));
    expect(JSON.stringify(document)).toContain('"charging"');
    await screenshot(page, 'states');
    expect(complaints).toEqual([]);
  });

  test('from an alert to the order, the attempt and the reason in three steps; then it heals', async () => {
    await goTo('Faults');
    await page.getByRole('button', { name: 'Set the fault of psp' }).click();
    await confirm(page, 'Set the fault of psp');
    const placed = await layWaste(doors);
    // The alert RefrainCallsHeld: its page names the command, and Retries is that command here.
    await goTo('Map');
    await shows(/^suppressed|^probing/);
    await shows(/\d+ held/);
    await page.locator('.react-flow__node').first().waitFor({ timeout: minuteMs });
    await screenshot(page, 'map-outage');
    // First step: the word, its reason, and what waits for it.
    await goTo('Retries');
    await shows(/calls failed/);
    await page
      .getByRole('cell', { name: /provider_\w+/ })
      .first()
      .waitFor({ timeout: minuteMs });
    await screenshot(page, 'retries');
    // Second step: an operation, in its order.
    const row = page
      .getByRole('row')
      .filter({ hasText: /provider_\w+/ })
      .first();
    await row.getByRole('link').click();
    await shows(/^charge at psp/);
    // Third step: the attempt that failed, why, and why the next one waits.
    await shows('refrain.AttemptFailed');
    await screenshot(page, 'attempt');
    await page.getByRole('button', { name: 'Timeline' }).click();
    await shows('Why it waited');
    await screenshot(page, 'waited');

    await goTo('Faults');
    await page.getByRole('button', { name: 'Heal psp' }).click();
    await confirm(page, 'Heal psp');
    for (const orderId of placed) expect((await doors.settled(orderId)).status).toBe('completed');
    await goTo('Map');
    const governor = page.getByRole('region', { name: 'Governor' });
    await expect
      .poll(() => governor.getByText(/^suppressed|^probing/).count(), { timeout: minuteMs })
      .toBe(0);
    await shows('nothing is held');
    await screenshot(page, 'map-healed');
    expect(complaints).toEqual([]);
  });

  test('a word is pinned and released, with its reason, in the history that the command tells', async () => {
    await goTo('Retries');
    const mail = page.getByRole('region', { name: 'mail', exact: true });
    await mail.getByRole('button', { name: 'Pin a word' }).click();
    await page.getByRole('button', { name: 'throttled' }).click();
    await confirm(page, 'Pin a word', 'their queue is full');
    await shows('Pinned to throttled by console: their queue is full');
    await mail.getByRole('button', { name: 'Release' }).click();
    await confirm(page, 'Release', 'their queue is empty');
    await mail.getByText('History').click();
    await shows('released by console: their queue is empty');
    const { document } = await shop.refrain('governor', 'history', 'mail');
    expect(JSON.stringify(document)).toContain('their queue is full');
    expect(complaints).toEqual([]);
  });
});
