import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fastify } from 'fastify';
import { expect, onTestFinished, test } from 'vitest';
import type { Page } from './page.ts';
import { hashOfSources, readPage } from './page-files.ts';
import { pageRoutes } from './page-routes.ts';

function folderOf(files: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'refrain-page-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}
const files = { 'index.html': '<p>', 'assets/a-1.js': '1', 'secret/../ok.txt': 'x' };

test('the hash of the sources changes with what is in them and with what pins their packages', () => {
  const folder = folderOf({ 'web/a.ts': '1', lock: 'l' });
  const lock = join(folder, 'lock');
  const before = hashOfSources(join(folder, 'web'), lock);
  expect(hashOfSources(join(folder, 'web'), lock)).toBe(before);
  writeFileSync(join(folder, 'web/a.test.ts'), 'a test is no source');
  expect(hashOfSources(join(folder, 'web'), lock)).toBe(before);
  writeFileSync(join(folder, 'web/a.ts'), '2');
  const after = hashOfSources(join(folder, 'web'), lock);
  expect(after).not.toBe(before);
  writeFileSync(lock, 'm');
  expect(hashOfSources(join(folder, 'web'), lock)).not.toBe(after);
});

const open = (page: Page) => {
  const door = fastify();
  pageRoutes(door, () => page);
  return door;
};

test('the page is shown from memory: what is no file of it, it knows itself', async () => {
  const door = open({ state: 'built', files: readPage(folderOf(files)) });
  for (const url of ['/', '/orders/abc', '/orders?x=1']) {
    const { statusCode, body, headers } = await door.inject(url);
    expect([statusCode, body, headers['cache-control']]).toEqual([200, '<p>', 'no-cache']);
    const etag = String(headers['etag']);
    expect((await door.inject({ url, headers: { 'if-none-match': etag } })).statusCode).toBe(304);
  }
  const script = await door.inject('/assets/a-1.js');
  expect([script.headers['content-type'], script.headers['cache-control']]).toEqual([
    'text/javascript; charset=utf-8',
    'public, max-age=31536000, immutable',
  ]);
  for (const url of ['/assets/none.js', '/../package.json', '/%2e%2e/package.json', '/api/none'])
    expect((await door.inject(url)).statusCode).not.toBe(200);
});

test('while there is none, it says what to do', async () => {
  const building = await open({ state: 'building' }).inject('/');
  expect([building.statusCode, building.body]).toEqual([
    503,
    expect.stringContaining('http-equiv="refresh"'),
  ]);
  const failed = await open({ state: 'failed', problem: 'secret' }).inject('/map');
  expect(failed.body).toContain('logs/console.log');
  expect(failed.body).not.toContain('secret');
});
