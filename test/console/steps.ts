import type { Page } from 'playwright-core';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ShopDoors } from '../support/shop-doors.ts';

/** Confirms what a dialog asks, with a reason where it wants one; returns what came of it. */
export async function confirm(page: Page, label: string, why?: string): Promise<string> {
  const dialog = page.getByRole('dialog', { name: label });
  if (why !== undefined) await dialog.getByRole('textbox', { name: /^Why/ }).fill(why);
  await dialog.getByRole('button', { name: label, exact: true }).click();
  const said = dialog.getByRole('status').locator('p');
  await said.waitFor();
  const text = (await said.textContent()) ?? '';
  await dialog.getByRole('button', { name: 'Close' }).click();
  return text;
}

const ordersOfAnOutage = 12;

/** Orders while the provider is down: enough that the governor speaks. */
export async function layWaste(doors: ShopDoors): Promise<string[]> {
  const placed: string[] = [];
  for (let i = 0; i < ordersOfAnOutage; i++) {
    placed.push(await doors.place());
    await sleep(100);
  }
  return placed;
}

const buildMsMax = 60_000;

/** The page is built at the first start of a checkout; until then the console says so. */
export async function pageThere(url: string): Promise<void> {
  const giveUpAt = performance.now() + buildMsMax;
  while ((await fetch(url)).status !== 200) {
    if (performance.now() > giveUpAt) throw new Error(`There is no page at ${url} after ${buildMsMax} ms.`);
    await sleep(200);
  }
}
