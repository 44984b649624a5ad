import type { Page } from 'playwright-core';
import { openPage, startBrowser } from './browser.ts';

export interface Responsiveness {
  readonly seconds: number;
  /** When the page, once it was there, did not answer at once, longest first; under 50 ms is not counted. */
  readonly stalls: readonly Stall[];
  /** The heap after garbage was collected, in MB: when the page was warm, and at the end. */
  readonly heapMb: { readonly warm: number; readonly end: number };
  readonly complaints: readonly string[];
}

/** For how long, how long after the page was opened, and what was looked at. */
export interface Stall {
  readonly ms: number;
  readonly atS: number;
  readonly path: string;
}

/** What the page may take at most: no stall that a person notices, and nothing that grows with time. */
export const stallMsMax = 200;
export const growthMbMax = 20;

/** Kept to the longest few, so that the watch itself does not grow. */
const observe = `
  globalThis.stalls = [];
  new PerformanceObserver((list) => {
    const path = location.pathname + location.search;
    const seen = list.getEntries().map(({ duration, startTime }) => {
      return { ms: Math.round(duration), atS: Math.round(startTime / 1000), path };
    });
    globalThis.stalls = [...globalThis.stalls, ...seen].sort((a, b) => b.ms - a.ms).slice(0, 20);
  }).observe({ type: 'longtask', buffered: true });`;

const roundMs = 10_000;
const beginMs = 1_000;
const warmRounds = 1;

/** One person's round through the pages that have most on them; an order is one that was placed. */
async function lookAround(page: Page): Promise<void> {
  const pages = page.getByRole('navigation', { name: 'Pages' });
  await pages.getByRole('link', { name: 'Orders' }).click();
  await page.getByRole('button', { name: 'Further' }).click();
  await page.getByText('on page 2').waitFor();
  await page.getByRole('table').getByRole('link').first().click();
  await page.getByRole('button', { name: 'Causes' }).click();
  await page.getByRole('button', { name: 'Timeline' }).click();
  await pages.getByRole('link', { name: 'Retries' }).click();
  await page.getByRole('heading', { name: 'Retries', level: 1 }).waitFor();
  await pages.getByRole('link', { name: 'Map' }).click();
  await page.getByText('Latest events').waitFor();
}

/** Has the live page open for that long, most of the time on the map, and says how it felt. */
export async function watchResponsiveness(url: string, seconds: number): Promise<Responsiveness> {
  const browser = await startBrowser();
  try {
    const { page, complaints } = await openPage(browser, 'about:blank');
    await page.addInitScript(observe);
    await page.goto(url);
    await page.getByText('Latest events').waitFor();
    // That a page begins is no stall: nobody has done anything yet. It takes up to 0.4 s on two cores.
    await page.waitForTimeout(beginMs);
    await page.evaluate('globalThis.stalls = []');
    const session = await page.context().newCDPSession(page);
    const heapMb = async (): Promise<number> => {
      await session.send('HeapProfiler.collectGarbage');
      const { usedSize } = await session.send('Runtime.getHeapUsage');
      return Math.round((usedSize / 2 ** 20) * 10) / 10;
    };
    const rounds = Math.max(2, Math.round((seconds * 1_000) / roundMs));
    let warm = 0;
    for (let round = 0; round < rounds; round++) {
      const beganMs = performance.now();
      await lookAround(page);
      await page.waitForTimeout(Math.max(0, roundMs - (performance.now() - beganMs)));
      if (round + 1 === warmRounds) warm = await heapMb();
    }
    const end = await heapMb();
    const stalls = (await page.evaluate('globalThis.stalls')) as Stall[];
    return { seconds: (rounds * roundMs) / 1_000, stalls, heapMb: { warm, end }, complaints };
  } finally {
    await browser.close();
  }
}

/** The longest of them, and how the heap grew, in a line. */
export function responsivenessLine({ stalls, heapMb }: Responsiveness): string {
  const longest = stalls.slice(0, 5).map(({ ms, atS, path }) => `${ms} ms at ${path} after ${atS} s`);
  return `longest stalls ${longest.join(', ') || 'none'}; heap ${heapMb.warm} MB, then ${heapMb.end} MB`;
}
