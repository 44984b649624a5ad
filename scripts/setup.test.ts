import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';

const checkout = mkdtempSync(join(tmpdir(), 'refrain-setup-'));
afterAll(() => rmSync(checkout, { recursive: true }));

/** Sets up a checkout that has nothing but the scripts of it, with an npm that does what `npm` says. */
async function setUp(npm: string): Promise<{ code: unknown; out: string; err: string }> {
  mkdirSync(join(checkout, 'scripts'), { recursive: true });
  for (const name of ['setup.mjs', 'setup-lock.mjs', 'nats-server.mjs', 'debian.mjs'])
    copyFileSync(join(import.meta.dirname, name), join(checkout, 'scripts', name));
  writeFileSync(join(checkout, 'package-lock.json'), '{}');
  const fake = join(checkout, 'npm.cjs');
  writeFileSync(fake, npm);
  return await new Promise((done) => {
    const env = { ...process.env, npm_execpath: fake };
    execFile(process.execPath, [join(checkout, 'scripts', 'setup.mjs')], { env }, (error, out, err) =>
      done({ code: error?.code ?? 0, out, err }),
    );
  });
}

test('where packages cannot be had it says what that needs, before and after, and starts nothing', async () => {
  const { code, out, err } = await setUp('process.exitCode = 1;');
  expect(out).toMatch(/^setup: installing the packages .*needs the network, or an npm cache that has them/);
  expect(err).toMatch(/^setup: npm ci failed; .*Nothing was started, no package was installed/);
  for (const hint of ['network', 'proxy', 'registry']) expect(err).toContain(hint);
  expect(code).toBe(1);
});
