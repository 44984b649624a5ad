// Finds a nats-server, or fetches one through this machine's own apt. Plain JavaScript for Node 18 and newer,
// because set-up runs before Node 24 is there.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { fetchFromDebian, reasonOf } from './debian.mjs';

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

/** The server of a Debian package, kept in the cache folder. */
function fetchByApt(suite, env, log) {
  const what = { name: 'nats-server', programs: [executable], megabytes: 5 };
  return fetchFromDebian({ ...what, suite, folder: cacheFolder, env, log })[0];
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
