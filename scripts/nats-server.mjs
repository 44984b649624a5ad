// Finds a nats-server, or fetches one through this machine's own apt. Plain JavaScript for Node 18 and newer,
// because set-up runs before Node 24 is there. No host name stands here: the mirror is the one apt is
// configured with.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** Oldest server Refrain runs on: older ones lack the message schedules it parks operations with. */
export const floor = Object.freeze([2, 14, 0]);

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const cacheFolder = join(root, '.cache', 'nats-server');
const executable = process.platform === 'win32' ? 'nats-server.exe' : 'nats-server';

/** `[major, minor, patch]` as the binary itself says it, or `undefined` when it does not run. */
export function versionOf(bin) {
  const run = spawnSync(bin, ['--version'], { encoding: 'utf8', timeout: 10_000 });
  const found = run.status === 0 ? /(\d+)\.(\d+)\.(\d+)/.exec(run.stdout) : null;
  return found ? found.slice(1, 4).map(Number) : undefined;
}

function atLeastFloor(version) {
  const first = floor.findIndex((part, i) => part !== version[i]);
  return first === -1 || version[first] > floor[first];
}

/**
 * The first usable server of: NATS_SERVER_BIN (a bad value is an error, nothing else is tried), PATH, the
 * cache folder, apt. Blocks while it fetches (about 6 s, 15 MB), which it announces through `log`.
 * @throws an error that lists what was tried and what a user of this system can do.
 */
export function findNatsServer({ log = (line) => console.error(line), env = process.env } = {}) {
  const tried = [];
  const usable = (bin, from) => {
    const version = versionOf(bin);
    if (version && atLeastFloor(version)) return { bin, version: version.join('.'), from };
    tried.push(`${from}: ${bin} ${version ? `is ${version.join('.')}, too old` : 'does not run'}`);
    return undefined;
  };

  if (env.NATS_SERVER_BIN) {
    const named = usable(env.NATS_SERVER_BIN, 'NATS_SERVER_BIN');
    if (named) return named;
    throw new Error(
      advice(tried, 'Correct NATS_SERVER_BIN, or unset it to let Refrain look for a server itself.'),
    );
  }
  for (const bin of onPath(env)) {
    const installed = usable(bin, 'PATH');
    if (installed) return installed;
    log(`passing over what is on the ${tried.at(-1)}`);
  }
  const kept = join(cacheFolder, executable);
  const cached = existsSync(kept) ? usable(kept, 'cache') : undefined;
  if (cached) return cached;
  for (const suite of ['testing', 'unstable']) {
    try {
      const fetched = usable(fetchByApt(suite, env, log), `apt, Debian ${suite}`);
      if (fetched) return fetched;
    } catch (error) {
      tried.push(`apt, Debian ${suite}: ${reasonOf(error)}`);
    }
  }
  throw new Error(advice(tried, howToInstall()));
}

function onPath(env) {
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  return [...new Set(folders.map((folder) => join(folder, executable)))].filter((bin) => {
    try {
      accessSync(bin, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Downloads and unpacks the package into the cache folder; installs nothing, needs no root, leaves apt's
 * state alone.
 */
function fetchByApt(suite, env, log) {
  const mirror = debianMirror(env);
  const keyring = ['gpg', 'pgp']
    .map((ending) => `/usr/share/keyrings/debian-archive-keyring.${ending}`)
    .find((file) => existsSync(file));
  if (!keyring)
    throw new Error('the keyring of the Debian archive is missing (package debian-archive-keyring)');

  mkdirSync(cacheFolder, { recursive: true });
  const work = mkdtempSync(join(cacheFolder, 'apt-'));
  try {
    const apt = privateApt(work, { mirror, suite, keyring }, env);
    log(`fetching the package index of Debian ${suite} (about 10 MB)`);
    apt('update');
    log('fetching nats-server (about 5 MB)');
    apt('download', 'nats-server');
    const archive = readdirSync(work).find((file) => file.endsWith('.deb'));
    if (!archive) throw new Error('apt-get download left no package');
    execFileSync('dpkg-deb', ['-x', join(work, archive), join(work, 'unpacked')]);
    const unpacked = ['usr/sbin', 'usr/bin']
      .map((folder) => join(work, 'unpacked', folder, executable))
      .find((file) => existsSync(file));
    if (!unpacked) throw new Error(`${archive} holds no ${executable}`);
    return keep(unpacked);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Moved into place by one rename, so that a reader never meets half a binary. */
function keep(binary) {
  const target = join(cacheFolder, executable);
  const beside = `${target}.${process.pid}`;
  copyFileSync(binary, beside);
  chmodSync(beside, 0o755);
  renameSync(beside, target);
  return target;
}

function debianMirror(env) {
  if (process.platform !== 'linux') throw new Error(`there is no apt on ${process.platform}`);
  for (const command of ['apt-get', 'dpkg-deb']) {
    if (spawnSync(command, ['--version'], { env }).error) throw new Error(`there is no ${command} here`);
  }
  // Without --no-release-info nothing is printed while the lists are empty, which is how container images
  // come.
  const format = ['indextargets', '--no-release-info', '--format', '$(SITE)', 'Created-By: Packages'];
  const sites = execFileSync('apt-get', format, { env, encoding: 'utf8' }).split('\n');
  const mirror = sites.find((site) => /\/debian\/?$/.test(site));
  if (!mirror) throw new Error("no Debian archive is among this apt's sources");
  return mirror;
}

/**
 * apt-get with the machine's own configuration (proxies, certificates) but with a source, lists and a cache
 * of its own.
 */
function privateApt(work, source, env) {
  for (const folder of ['lists/partial', 'archives/partial', 'state']) {
    mkdirSync(join(work, folder), { recursive: true });
  }
  writeFileSync(join(work, 'status'), '');
  const sourceFile = join(work, 'refrain.sources');
  const { mirror, suite, keyring } = source;
  const fields = [
    'Types: deb',
    `URIs: ${mirror}`,
    `Suites: ${suite}`,
    'Components: main',
    `Signed-By: ${keyring}`,
  ];
  writeFileSync(sourceFile, `${fields.join('\n')}\n`);
  const options = {
    'Dir::Etc::sourcelist': sourceFile,
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::Etc::preferences': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    'Dir::State': join(work, 'state'),
    'Dir::State::lists': join(work, 'lists'),
    'Dir::State::status': join(work, 'status'),
    'Dir::Cache': work,
    'Acquire::Languages': 'none',
    'Acquire::PDiffs': 'false',
    'Acquire::Retries': '2',
    // Said although it is the default: an archive that is not signed by the keyring above is refused.
    'Acquire::AllowInsecureRepositories': 'false',
    'Acquire::AllowDowngradeToInsecureRepositories': 'false',
    'APT::Get::AllowUnauthenticated': 'false',
    // Else apt, as root, drops to a user who may not enter this folder.
    'APT::Sandbox::User': '',
    'APT::Update::Post-Invoke-Success::': '',
    // Else an unreachable mirror counts as an index that has not changed.
    'APT::Update::Error-Mode': 'any',
  };
  const settings = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  return (...command) =>
    execFileSync('apt-get', [...settings, '-qq', ...command], {
      cwd: work,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 300_000,
      env: { ...env, LC_ALL: 'C' },
    });
}

function reasonOf(error) {
  const said = String(error.stderr ?? '').trim();
  return said === '' ? error.message : said.split('\n').slice(-3).join(' / ');
}

function howToInstall() {
  const ways = {
    darwin: 'Install it with `brew install nats-server`',
    win32: 'Install it with `scoop install main/nats-server` or `choco install nats-server`',
    linux:
      'Install the package nats-server of your distribution, or take the binary from the image nats:2.14',
  };
  const way = ways[process.platform] ?? 'Install it from your system';
  return `${way}, or set NATS_SERVER_BIN to a binary or NATS_URL to a server. Then run this again.`;
}

function advice(tried, whatToDo) {
  const lines = tried.map((line) => `  - ${line}`);
  return [`Refrain needs nats-server ${floor.join('.')} or newer and found none.`, ...lines, whatToDo].join(
    '\n',
  );
}

if (process.argv[1] && import.meta.url === pathToFileURL(resolve(process.argv[1])).href) {
  try {
    console.log(findNatsServer().bin);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
