import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findChromium } from './chromium.mjs';

let bin: string;
beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), 'refrain-chromium-'));
});
afterEach(() => rmSync(bin, { recursive: true }));

const put = (name: string, script: string): void =>
  writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
const find = (env: NodeJS.ProcessEnv, isRoot = false) =>
  findChromium({ env: { PATH: bin, ...env }, isRoot, log: () => {} });

test('takes what it is told to take, and nothing else', () => {
  put('mine', 'exit 0');
  put('chromium', 'exit 0');
  expect(find({ CHROMIUM_BIN: join(bin, 'mine') })).toEqual({ chromium: join(bin, 'mine') });
  expect(() => find({ CHROMIUM_BIN: join(bin, 'gone') })).toThrow(/gone, which does not start/);
});

test('takes the first of PATH that starts, and says where it is: a browser is not started by name', () => {
  put('chromium', 'exit 1');
  put('google-chrome', 'exit 0');
  expect(find({})).toEqual({ chromium: join(bin, 'google-chrome') });
});

test('installs nothing on somebody’s machine, and says the command', () => {
  put('apt-get', `echo "$@" >> ${join(bin, 'asked')}`);
  const missing = 'needs Chromium: apt-get install -y --no-install-recommends chromium, or CHROMIUM_BIN';
  expect(find({}, true)).toEqual({ missing });
  expect(find({ CI: 'true' }, false)).toEqual({ missing });
  expect(() => readFileSync(join(bin, 'asked'))).toThrow(/ENOENT/);
});

test('installs it as root where CI is set, and says what apt said when that fails', () => {
  put(
    'apt-get',
    `echo "$@" >> ${join(bin, 'asked')}\nprintf '#!/bin/sh\\nexit 0\\n' > ${join(bin, 'chromium')}\n/bin/chmod +x ${join(bin, 'chromium')}`,
  );
  expect(find({ CI: 'true' }, true)).toEqual({ chromium: join(bin, 'chromium') });
  expect(readFileSync(join(bin, 'asked'), 'utf8')).toBe(
    '-qq update\n-qq install -y --no-install-recommends chromium\n',
  );
  rmSync(join(bin, 'chromium'));
  put('apt-get', 'echo "E: no mirror" >&2; exit 100');
  expect(() => find({ CI: 'true' }, true)).toThrow(/apt-get failed: E: no mirror/);
});
