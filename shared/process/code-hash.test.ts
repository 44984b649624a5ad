import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { codeHashOf } from './code-hash.ts';

/** A service, a package of the same checkout that it leans on, and one from elsewhere. */
function checkout() {
  const root = mkdtempSync(join(tmpdir(), 'refrain-code-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const write = (file: string, text: string): void => {
    mkdirSync(join(root, file, '..'), { recursive: true });
    writeFileSync(join(root, file), text);
  };
  const describe = (folder: string, name: string, version: string, names: string[] = []): void => {
    const dependencies = Object.fromEntries(names.map((one) => [one, '*']));
    write(`${folder}/package.json`, JSON.stringify({ name, version, dependencies }));
  };
  describe('service', 'service', '1.0.0', ['kit']);
  describe('kit', 'kit', '1.0.0', ['far']);
  describe('node_modules/far', 'far', '1.0.0');
  write('service/main.ts', 'run();');
  write('service/deep/charge.ts', 'one');
  write('kit/fold.ts', 'one');
  symlinkSync('../kit', join(root, 'node_modules/kit'));
  return {
    write,
    describe,
    hash: () => codeHashOf(join(root, 'service')),
    at: (path: string) => join(root, path),
  };
}

test('the same files in another folder have the same hash', () => {
  const [one, other] = [checkout(), checkout()];
  expect(one.hash()).toMatch(/^[0-9a-f]{32}$/);
  expect(other.hash()).toBe(one.hash());
  expect(codeHashOf(one.at('service/deep'))).toBe(one.hash());
});

test.each([
  ['a file of the service', (c: ReturnType<typeof checkout>) => c.write('service/deep/charge.ts', 'two')],
  ['a new file', (c: ReturnType<typeof checkout>) => c.write('service/more.ts', '')],
  ['a package that it leans on', (c: ReturnType<typeof checkout>) => c.write('kit/fold.ts', 'two')],
  [
    "another's package, by its version",
    (c: ReturnType<typeof checkout>) => c.describe('node_modules/far', 'far', '1.0.1'),
  ],
])('a change of %s changes it', (_, change) => {
  const one = checkout();
  const before = one.hash();
  change(one);
  expect(one.hash()).not.toBe(before);
});

test('tests and pages are no code', () => {
  const one = checkout();
  const before = one.hash();
  one.write('service/charge.test.ts', 'x');
  one.write('service/README.md', 'x');
  one.write('node_modules/far/index.js', 'x');
  expect(one.hash()).toBe(before);
});
