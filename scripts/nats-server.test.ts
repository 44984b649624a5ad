import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findNatsServer, versionOf } from './nats-server.mjs';

const folder = mkdtempSync(join(tmpdir(), 'refrain-find-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A program that claims to be a server of that version. */
function serverOf(version: string, name: string): string {
  const bin = join(folder, name);
  writeFileSync(bin, `#!/bin/sh\necho "nats-server: v${version}"\n`);
  chmodSync(bin, 0o755);
  return bin;
}

const silent = (): void => undefined;

test('a named binary is taken', () => {
  const bin = serverOf('2.14.0', 'enough');
  const found = findNatsServer({ log: silent, env: { NATS_SERVER_BIN: bin } });
  expect(found).toEqual({ bin, version: '2.14.0', from: 'NATS_SERVER_BIN' });
});

test('a named binary that is too old or does not run is an error, and nothing else is tried', () => {
  const old = serverOf('2.13.9', 'old');
  expect(() => findNatsServer({ log: silent, env: { NATS_SERVER_BIN: old } })).toThrow('is 2.13.9, too old');
  const env = { NATS_SERVER_BIN: join(folder, 'missing'), PATH: folder };
  expect(() => findNatsServer({ log: silent, env })).toThrow(/does not run\nCorrect NATS_SERVER_BIN/);
});

test('an old server on the PATH is named and passed over for the next', () => {
  serverOf('2.9.3', 'nats-server');
  const later = mkdtempSync(join(folder, 'later-'));
  writeFileSync(join(later, 'nats-server'), '#!/bin/sh\necho "nats-server: v3.0.1"\n', { mode: 0o755 });
  const lines: string[] = [];
  const env = { PATH: `${folder}:${later}` };
  const found = findNatsServer({ log: (line) => lines.push(line), env });
  expect(found).toMatchObject({ version: '3.0.1', from: 'PATH' });
  expect(lines).toEqual([expect.stringContaining('is 2.9.3, too old')]);
});

test('what prints no version has none', () => {
  expect(versionOf('/bin/false')).toBeUndefined();
});
