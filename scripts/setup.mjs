// Runs before `npm start` and `npm test`, on whatever Node (18 or newer) started npm: plain JavaScript, no
// dependencies.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findNatsServer } from './nats-server.mjs';
import { withLock } from './setup-lock.mjs';

process.chdir(resolve(dirname(fileURLToPath(import.meta.url)), '..'));
const windows = process.platform === 'win32';
const startedMs = performance.now();

try {
  // Inside the lock the stamp is read again: who waited finds the work of the other done.
  if (!packagesAreCurrent()) withLock(join('.cache', 'setup.lock'), say, installPackages);
  const node = checkNode();
  const broker = natsUrl() ? 'nats-server of NATS_URL' : findBroker();
  say(`Node ${node}, ${broker}, ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
} catch (error) {
  console.error(`setup: ${error.message}`);
  process.exitCode = 1;
}

function say(line) {
  console.log(`setup: ${line}`);
}

function stampOf(lock) {
  const platform = `${process.platform} ${process.arch}`;
  return createHash('sha256').update(readFileSync(lock)).update(platform).digest('hex');
}

function packagesAreCurrent() {
  const stamp = join('node_modules', '.refrain');
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === stampOf('package-lock.json');
}

function installPackages() {
  if (packagesAreCurrent()) return;
  say(
    'installing the packages of package-lock.json, for about a minute; ' +
      'it needs the network, or an npm cache that has them',
  );
  // npm may run on an older Node than the packages ask for (they run on the one installed here); its warning
  // about that can only be silenced together with the others.
  const args = ['ci', '--loglevel=error', '--no-audit', '--no-fund'];
  const npm = process.env.npm_execpath;
  const run = npm
    ? spawnSync(process.execPath, [npm, ...args], { stdio: 'inherit' })
    : spawnSync('npm', args, { stdio: 'inherit', shell: windows });
  if (run.status !== 0)
    throw new Error(
      'npm ci failed; what it says stands above. Nothing was started, no package was installed, and those ' +
        'of before may be gone. It needs the network, or an npm cache that has them: see whether this ' +
        'machine is connected, and what npm config get proxy and npm config get registry say; then run this again.',
    );
  writeFileSync(join('node_modules', '.refrain'), stampOf('package-lock.json'));
}

/**
 * npm is silent when it could not fetch an optional package, and Node is one: without this check all runs on
 * the old one.
 */
function checkNode() {
  const local = join('node_modules', '.bin', windows ? 'node.cmd' : 'node');
  const said = existsSync(local)
    ? spawnSync(local, ['--version'], { encoding: 'utf8', shell: windows }).stdout
    : '';
  const version = (said?.trim() || process.version).slice(1);
  if (Number.parseInt(version, 10) >= 24) return version;
  const here = `${process.platform}-${process.arch}`;
  throw new Error(
    `Refrain runs on Node 24 or newer. npm brought none for ${here} and this machine's is ${version}. ` +
      'Install Node 24, or delete node_modules and run this again.',
  );
}

/** As the CLI reads it: an empty value counts as none, the environment goes before the `.env` file. */
function natsUrl() {
  if (process.env.NATS_URL) return process.env.NATS_URL;
  const file = existsSync('.env') ? readFileSync('.env', 'utf8') : '';
  const [, value = ''] = /^[^\S\n]*(?:export\s+)?NATS_URL[^\S\n]*=[^\S\n]*(.*)$/m.exec(file) ?? [];
  return value.trim().replace(/^(["'])(.*)\1$/, '$2');
}

function findBroker() {
  const found = withLock(join('.cache', 'nats-server.lock'), say, () => findNatsServer({ log: say }));
  return `nats-server ${found.version} (${found.from})`;
}
