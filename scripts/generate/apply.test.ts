import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { format, link, write } from './apply.ts';

let folder: string;
const at = (path: string): string => join(folder, path);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'refrain-written-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('code is formatted as the project is, other files are left', async () => {
  const formatted = await format([
    { path: 'services/x/a.ts', text: 'export const a = {b:"c"}' },
    { path: 'services/x/a.json', text: '{ }' },
  ]);
  expect(formatted.map(({ text }) => text)).toEqual(["export const a = { b: 'c' };\n", '{ }']);
  const noCode = [{ path: 'a.json', text: '{ }' }];
  expect(await format(noCode)).toEqual(noCode);
  await expect(format([{ path: 'x/a.ts', text: 'export {' }])).rejects.toThrow(
    'biome could not format x/a.ts:1:9: expected `}` but instead the file ends',
  );
});

test('where there is no place to format it in, that is said', async () => {
  vi.stubEnv('TMPDIR', at('gone'));
  onTestFinished(() => void vi.unstubAllEnvs());
  const code = [{ path: 'a.ts', text: 'export {};' }];
  await expect(format(code)).rejects.toThrow(
    /^refrain new: no folder can be made in .+gone: ENOENT.+ TMPDIR.$/,
  );
});

test('all is written or nothing', () => {
  writeFileSync(at('old'), 'before');
  const changes = [
    { path: 'old', text: 'after' },
    { path: 'new/deep/file', text: 'after' },
  ];
  expect(() => write([...changes, { path: 'old/below-a-file', text: '' }], folder)).toThrow(/old'/);
  expect(readFileSync(at('old'), 'utf8')).toBe('before');
  expect(existsSync(at('new'))).toBe(false);
  write(changes, folder);
  expect(readFileSync(at('old'), 'utf8')).toBe('after');
  expect(readFileSync(at('new/deep/file'), 'utf8')).toBe('after');
});

test('a package of the workspace is linked; what was not installed from the lock is not said to be', () => {
  write([{ path: 'services/x/package.json', text: '{"name":"@refrain/service-x"}' }], folder);
  const changes = [
    { path: 'services/x/package.json', text: '{"name":"@refrain/service-x"}' },
    { path: 'package-lock.json', text: '{"after":1}' },
  ];
  mkdirSync(at('node_modules'));
  writeFileSync(at('node_modules/.refrain'), 'of another lock');
  link(changes, '{"before":1}', folder);
  link(changes, '{"before":1}', folder);
  expect(lstatSync(at('node_modules/@refrain/service-x')).isSymbolicLink()).toBe(true);
  expect(readFileSync(at('node_modules/@refrain/service-x/package.json'), 'utf8')).toContain('service-x');
  expect(readFileSync(at('node_modules/.refrain'), 'utf8')).toBe('of another lock');
});
