import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findBuild, isWhole, removeOld } from './page-builds.ts';

let builds: string;
beforeEach(() => {
  builds = mkdtempSync(join(tmpdir(), 'refrain-builds-'));
});
afterEach(() => rmSync(builds, { recursive: true }));

function build(name: string, index?: string): string {
  const folder = join(builds, name);
  mkdirSync(join(folder, 'assets'), { recursive: true });
  writeFileSync(join(folder, 'assets', 'a.js'), name);
  if (index !== undefined) writeFileSync(join(folder, 'index.html'), index);
  return folder;
}

test('a build that lacks what its page begins with is none', () => {
  const page = '<script type="module" src="/assets/a.js"></script><link href="/icon.svg">';
  const folder = build('a', page);
  expect(isWhole(folder)).toBe(true);
  rmSync(join(folder, 'assets', 'a.js'));
  expect(isWhole(folder)).toBe(false);
});

test('a build is found by the hash of its sources, and what is left of one that somebody emptied is not', () => {
  build('hash.1');
  build('unfinished.2', 'whole');
  build('hash', 'whole');
  build('other.1', 'whole');
  expect(findBuild(builds, 'hash')).toBeUndefined();
  const whole = build('hash.2', 'whole');
  expect(findBuild(builds, 'hash')).toBe(whole);
});

test('builds of long ago go, and so do the halves of them that a kill left', () => {
  const ages = { old: 2_000, 'old.x1': 2_000, young: 100 };
  for (const [name, agoS] of Object.entries(ages)) {
    const folder = build(name, name);
    utimesSync(folder, Date.now() / 1_000 - agoS, Date.now() / 1_000 - agoS);
  }
  removeOld(builds, Date.now() - 1_000_000);
  expect(Object.keys(ages).filter((name) => existsSync(join(builds, name)))).toEqual(['young']);
});

test('a kill amid the removal of a build leaves none that is taken for whole', {
  timeout: 30_000,
}, async () => {
  const old = build('old', 'old');
  for (let i = 0; i < 2_000; i++) writeFileSync(join(old, 'assets', `${i}.js`), '');
  utimesSync(old, 1, 1);
  const source = JSON.stringify(join(import.meta.dirname, 'page-builds.ts'));
  const remove = `(await import(${source})).removeOld(${JSON.stringify(builds)}, 2_000);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', remove]);
  const ended = once(child, 'exit');
  const assets = (): number => {
    try {
      return readdirSync(join(old, 'assets')).length;
    } catch {
      return 0; // it was quicker
    }
  };
  while (assets() > 2_000 && child.exitCode === null) await sleep(1);
  child.kill('SIGKILL');
  await ended;
  expect(assets()).toBeLessThan(2_001);
  expect(isWhole(old)).toBe(false);
});
