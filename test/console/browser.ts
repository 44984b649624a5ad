import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { findChromium } from '../../scripts/chromium.mjs';
import { root } from '../../scripts/cli/paths.ts';

const found = findChromium();
/** What this machine would need; tests of the page are skipped for want of it, and say so. */
export const missing = found.missing;

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The browser of this machine, without a window. `more`: further flags. */
export async function startBrowser(...more: readonly string[]): Promise<Browser> {
  return await chromium.launch({ executablePath: found.chromium ?? '', args: [...flags, ...more] });
}

export interface OpenPage {
  readonly page: Page;
  /** What the page complained about since it was opened: errors, and what its content policy refused. */
  readonly complaints: string[];
}

/** A page as somebody opens it for the first time. Answers are waited for up to 30 s, or `PAGE_MS`. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: { width: 1360, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(Number(process.env['PAGE_MS'] ?? 30_000));
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(url);
  return { page, complaints };
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly target: readonly unknown[]; readonly failureSummary?: string }[];
  }[];
}

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const allRules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/**
 * What axe finds, one line for each place; none where WCAG 2.2 AA is kept as far as a tool can tell.
 * `rules`: tags or single rules; default all that make up WCAG 2.2 AA.
 */
export async function axeFindings(page: Page, rules: readonly string[] = allRules): Promise<string[]> {
  await page.evaluate(axeSource);
  const run = `axe.run({ runOnly: ${JSON.stringify(rules)} })`;
  const { violations } = (await page.evaluate(run)) as AxeResults;
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary = '' }) => `${id}: ${help} at ${target.join(' ')} ${failureSummary}`),
  );
}

/** How many pixels the page is wider than its window: a page that scrolls sideways is broken. */
export const tooWideBy = async (page: Page): Promise<number> =>
  Number(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'));

/** Into docs/images, only where `SCREENSHOTS` is set: a test leaves the tree as it was. */
export async function screenshot(page: Page, name: string): Promise<void> {
  if (!process.env['SCREENSHOTS']) return;
  const folder = join(root, 'docs', 'images');
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `console-${name}.png`) });
}
