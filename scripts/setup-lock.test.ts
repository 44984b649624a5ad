import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'refrain-lock-'));
afterAll(() => rmSync(folder, { recursive: true }));

const lock = join(folder, 'lock');
const inside = join(folder, 'inside');

/** Enters the lock twenty times and says `clash` when somebody else is in it. */
const contender = `
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { withLock } from ${JSON.stringify(join(import.meta.dirname, 'setup-lock.mjs'))};
for (let i = 0; i < 20; i++) {
  withLock(${JSON.stringify(lock)}, () => undefined, () => {
    if (existsSync(${JSON.stringify(inside)})) console.log('clash');
    writeFileSync(${JSON.stringify(inside)}, '');
    rmSync(${JSON.stringify(inside)});
  });
}`;

async function contend(): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '--eval',
    contender,
  ]);
  return stdout;
}

test('two at once take turns, and the lock of a dead process holds nobody up', async () => {
  mkdirSync(lock);
  writeFileSync(join(lock, 'pid'), String(2 ** 22 + 1));
  expect(await Promise.all([contend(), contend()])).toEqual(['', '']);
  expect(existsSync(lock)).toBe(false);
}, 20_000);
