// Finds Chromium for the tests of the console's page. Unlike nats-server and prometheus it is no single
// program that could be kept in the cache folder, so it is installed: only where nobody's machine is changed
// by it.
import { execFileSync, spawnSync } from 'node:child_process';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { reasonOf } from './debian.mjs';
import { withLock } from './setup-lock.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const names = ['chromium', 'chromium-browser', 'google-chrome'];
const install = ['install', '-y', '--no-install-recommends', 'chromium'];

/**
 * `{ chromium }`, what to start: `CHROMIUM_BIN`, else one of PATH, else what apt installs where `CI` is set
 * and this is root (about 30 s, 120 MB); or `{ missing }`, what this machine would need.
 * @throws where `CHROMIUM_BIN` does not start, and where the installation fails: a test that is skipped would
 * go unnoticed there.
 */
export function findChromium({
  log = (line) => console.error(line),
  env = process.env,
  isRoot = process.getuid?.() === 0,
} = {}) {
  const starts = (program) => spawnSync(program, ['--version'], { env, timeout: 30_000 }).status === 0;
  if (env.CHROMIUM_BIN) {
    if (starts(env.CHROMIUM_BIN)) return { chromium: env.CHROMIUM_BIN };
    throw new Error(
      `CHROMIUM_BIN is ${env.CHROMIUM_BIN}, which does not start. No browser was tried instead.`,
    );
  }
  // A path, since what starts it looks into no PATH.
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  const find = () => names.flatMap((name) => folders.map((folder) => join(folder, name))).find(starts);
  const found = find();
  if (found) return { chromium: found };
  const command = `apt-get ${install.join(' ')}`;
  if (!env.CI || !isRoot) return { missing: `needs Chromium: ${command}, or CHROMIUM_BIN` };
  withLock(join(root, '.cache', 'chromium.lock'), log, () => {
    if (find()) return;
    const apt = (...args) =>
      execFileSync('apt-get', ['-qq', ...args], {
        env: { ...env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
        stdio: ['ignore', 'pipe', 'pipe'],
        timeout: 300_000,
      });
    log(`installing chromium (about 120 MB): ${command}`);
    try {
      apt('update');
      apt(...install);
    } catch (error) {
      throw new Error(`the page's tests need Chromium, and apt-get failed: ${reasonOf(error)}`, {
        cause: error,
      });
    }
  });
  const installed = find();
  if (!installed) throw new Error(`${command} ended well, and there is no Chromium`);
  return { chromium: installed };
}
