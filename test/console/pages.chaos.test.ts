import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { builtPage } from '../../scripts/console/page.ts';
import { axeFindings, missing, openPage, startBrowser, tooWideBy } from './browser.ts';
import { startStandIn } from './stand-in.ts';
import { idOf } from './stand-in-ids.ts';

const order = `/orders/${idOf(1)}`;
/** Every page, and what stands on it when all is there. */
const pages: readonly (readonly [path: string, shows: string])[] = [
  ['/', '31 held'],
  ['/orders', 'Further'],
  [order, 'Why it waited'],
  [`${order}?view=causes`, 'charge of 3.00 EUR'],
  [`${order}?view=operations`, 'Attempt 3 succeeded.'],
  [`${order}?view=states`, 'State after it'],
  ['/retries', 'retries in the last 10 s'],
  ['/dead-letters', 'note that it is paid'],
  ['/dead-letters/orders/k3a9', 'not yet'],
  ['/replay', 'Recorded'],
  ['/faults', 'payment provider'],
];

const shows = (page: Page, text: string): Promise<void> => page.getByText(text).first().waitFor();

// oxlint-disable-next-line vitest/valid-title -- it says what this machine would need
describe.skipIf(missing !== undefined)(missing ?? 'the pages of the console', () => {
  let browser: Browser;
  let shop: Awaited<ReturnType<typeof startStandIn>>;
  let built = '';
  beforeAll(async () => {
    built = await builtPage();
    [browser, shop] = await Promise.all([startBrowser(), startStandIn({ page: built })]);
  });
  afterAll(async () => {
    await browser?.close();
    await shop?.stop();
  });

  test('keep WCAG 2.2 AA in both themes, and fit on a screen of 360 pixels', async () => {
    const { page, complaints } = await openPage(browser, shop.url, { reducedMotion: 'reduce' });
    const found: string[] = [];
    for (const [path, text] of pages) {
      await page.setViewportSize({ width: 1360, height: 900 });
      await page.emulateMedia({ colorScheme: 'light' });
      await page.goto(shop.url + path);
      await shows(page, text);
      const light = await axeFindings(page);
      // Colours are all that differs in the other theme.
      await page.emulateMedia({ colorScheme: 'dark' });
      const dark = await axeFindings(page, ['color-contrast']);
      await page.setViewportSize({ width: 360, height: 740 });
      await shows(page, text);
      const by = await tooWideBy(page);
      found.push(...[...light, ...dark].map((finding) => `${path} ${finding}`));
      if (by > 0) found.push(`${path} is too wide by ${by}`);
    }
    expect(found).toEqual([]);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('are walked through with the keyboard alone', async () => {
    const { page } = await openPage(browser, shop.url);
    await shows(page, '31 held');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('content');
    await page.keyboard.press('?');
    await shows(page, 'Listen to single keys');
    await page.keyboard.press('Escape');
    await page.keyboard.press('g');
    await page.keyboard.press('r');
    await page.getByRole('heading', { name: 'Retries', exact: true }).waitFor();
    expect(await page.evaluate('document.activeElement.id')).toBe('content');

    // To the first button of the page, which asks before it does anything, and gives the focus back.
    const focused = (): Promise<unknown> => page.evaluate('document.activeElement.textContent');
    for (let i = 0; i < 30 && (await focused()) !== 'Pin a word'; i++) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByText('npx refrain governor suppress psp').waitFor();
    await page.keyboard.press('Escape');
    expect(await focused()).toBe('Pin a word');

    await page.keyboard.press('/');
    await page.keyboard.type(idOf(1));
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/orders\?query=/);
    await page.context().close();
  });

  test('say what to do where nothing is there, nothing answers, or nothing may be changed', async () => {
    const empty = await startStandIn({
      page: built,
      orders: 0,
      session: { readOnly: true, sandboxes: [] },
      instead: { '/api/dead-letters': { items: 'nonsense' } },
    });
    try {
      const { page } = await openPage(browser, `${empty.url}/orders`);
      await shows(page, 'npx refrain order tea-001:2');
      await page.goto(`${empty.url}/orders?query=nobody`);
      await shows(page, 'npx refrain why nobody');
      await page.goto(`${empty.url}/dead-letters`);
      await shows(page, 'speaks otherwise than this page');
      await page.goto(`${empty.url}/faults`);
      await shows(page, 'No sandbox runs here');
      await page.goto(`${empty.url}/retries`);
      expect(await page.getByRole('button', { name: 'Retry now' }).first().isDisabled()).toBe(true);
      expect(await axeFindings(page)).toEqual([]);
      await page.context().close();
    } finally {
      await empty.stop();
    }
  });

  test('ask for the token, and show nothing without it', async () => {
    const closed = await startStandIn({ page: built, session: { needsToken: true } });
    try {
      const { page } = await openPage(browser, closed.url);
      await page.getByLabel('Token').waitFor();
      expect(await axeFindings(page)).toEqual([]);
      expect(await page.getByText('Choreography').count()).toBe(0);
      await page.context().close();
    } finally {
      await closed.stop();
    }
  });
});
