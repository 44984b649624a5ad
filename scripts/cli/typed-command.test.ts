import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { welcome } from './commands/up.ts';
import { root } from './paths.ts';
import { toldLines } from './recovery/lines.ts';
import { typedFor } from './typed-command.ts';

function envFileWith(content: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'refrain-typed-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, '.env'), content);
  return join(folder, '.env');
}
const none = join(tmpdir(), 'no-such-folder', '.env');

test.each([
  ['the default folder', join(root, '.refrain'), none, 'npx refrain ps'],
  ['another', '/srv/shop-2', none, 'REFRAIN_DATA=/srv/shop-2 npx refrain ps'],
  [
    'one with a blank and a quote',
    "/srv/Ann's shop",
    none,
    String.raw`REFRAIN_DATA='/srv/Ann'\''s shop' npx refrain ps`,
  ],
])('for %s a command is typed as any shell finds the shop', (_, folder, envFile, typed) => {
  expect(typedFor(folder, envFile)('npx refrain ps')).toBe(typed);
});

test('what `.env` says every terminal reads, so nothing is typed before the command', () => {
  const envFile = envFileWith('REFRAIN_DATA=/srv/shop-2\n');
  expect(typedFor('/srv/shop-2', envFile)('npm start')).toBe('npm start');
  expect(typedFor(join(root, '.refrain'), envFile)('npm start')).toContain('REFRAIN_DATA=');
  // The shop runs all the same: what is wrong there, a command that reads it says.
  expect(typedFor('/srv/shop-2', envFileWith('REFRAIN_DATA=/\n'))('npm start')).toContain('REFRAIN_DATA=');
});

test('what a shop in another folder says to type next finds it', () => {
  const processes = [{ name: 'orders', pid: 1, startTime: '1', url: 'http://127.0.0.1:1', status: 'ready' }];
  const lines = welcome(
    { processes } as unknown as Parameters<typeof welcome>[0],
    typedFor('/srv/shop-2', none),
  );
  expect(lines).toContain('  REFRAIN_DATA=/srv/shop-2 npx refrain order tea-001:2');
  expect(lines).toContain('  REFRAIN_DATA=/srv/shop-2 npx refrain demo');
});

test('so does the verdict on what a recovery left in doubt', () => {
  const parked = [{ effect: 'send', operation: 'op', correlation: 'c' }];
  const told = { reports: [{ service: 'notifications', parked, found: [], foreign: 0 }], missing: [] };
  const lines = toldLines(told as unknown as Parameters<typeof toldLines>[0], typedFor('/srv/shop-2', none));
  expect(lines.join('\n')).toContain('c: REFRAIN_DATA=/srv/shop-2 npx refrain verdict op');
});
