import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { isWhole, putInPlace, removeOld } from './page-builds.ts';

const ROUNDS = 30;
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
const indexOf = (folder: string): string => readFileSync(join(folder, 'index.html'), 'utf8');

test('a build that lacks what its page begins with is none', () => {
  const page = '<script type="module" src="/assets/a.js"></script><link href="/icon.svg">';
  const folder = build('a', page);
  expect(isWhole(folder)).toBe(true);
  rmSync(join(folder, 'assets', 'a.js'));
  expect(isWhole(folder)).toBe(false);
});

test('a build comes to its place, and leaves one alone that another console put there', () => {
  const place = join(builds, 'place');
  putInPlace(build('a', 'first'), place);
  putInPlace(build('b', 'second'), place);
  expect(indexOf(place)).toBe('first');
});

test('what is left of a build that somebody emptied is put right by the next one', () => {
  const place = build('place');
  expect(isWhole(place)).toBe(false);
  putInPlace(build('a', 'whole'), place);
  expect(indexOf(place)).toBe('whole');
});

/** Puts one build after the other in its place, each at the moment when the other one does. */
const another = `
  const { of, sources, builds, ready } = require('node:worker_threads').workerData;
  import(sources).then(({ putInPlace }) => {
    for (let i = 0; i < ${ROUNDS}; i++) {
      Atomics.add(ready, 0, 1);
      while (Atomics.load(ready, 0) < 2 * (i + 1));
      putInPlace(builds + '/' + of + i, builds + '/place' + i);
    }
  });`;

test('two consoles at once put a broken build right', { timeout: 30_000 }, async () => {
  for (let i = 0; i < ROUNDS; i++) {
    build(`place${i}`);
    for (const of of ['a', 'b']) build(`${of}${i}`, 'whole');
  }
  const ready = new Int32Array(new SharedArrayBuffer(4));
  const data = { sources: join(import.meta.dirname, 'page-builds.ts'), builds, ready };
  const both = ['a', 'b'].map((of) => new Worker(another, { eval: true, workerData: { ...data, of } }));
  try {
    // An error in one of them rejects this, and the other waits for it.
    await Promise.all(both.map(async (worker) => await once(worker, 'exit')));
  } finally {
    await Promise.all(both.map(async (worker) => await worker.terminate()));
  }
  for (let i = 0; i < ROUNDS; i++) expect(indexOf(join(builds, `place${i}`))).toBe('whole');
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
