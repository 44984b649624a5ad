// Finds prometheus and promtool for the tests of rules and dashboards, or fetches them through this machine's
// own apt, as nats-server.mjs does for the server.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fetchFromDebian, reasonOf } from './debian.mjs';
import { withLock } from './setup-lock.mjs';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const cacheFolder = join(root, '.cache', 'prometheus');
const programs = ['prometheus', 'promtool'];

const runs = (program) => spawnSync(program, ['--version'], { timeout: 30_000 }).status === 0;

/**
 * `{ prometheus, promtool }`, from PATH, the cache folder or apt; or `{ missing }`, what this machine would
 * need. Blocks while it fetches (about 15 s, 30 MB, once).
 * @throws with `CI` set, where a test that is skipped would go unnoticed.
 */
export function findPrometheus({ log = (line) => console.error(line), env = process.env } = {}) {
  if (programs.every(runs)) return { prometheus: 'prometheus', promtool: 'promtool' };
  const [prometheus, promtool] = programs.map((program) => join(cacheFolder, program));
  const cached = () => existsSync(prometheus) && existsSync(promtool);
  try {
    if (!cached())
      withLock(join(root, '.cache', 'prometheus.lock'), log, () => {
        if (!cached()) fetch(env, log);
      });
    return { prometheus, promtool };
  } catch (error) {
    const missing = `needs Debian's package prometheus (apt-get install prometheus): ${reasonOf(error)}`;
    if (env.CI) throw new Error(missing, { cause: error });
    return { missing };
  }
}

function fetch(env, log) {
  const what = { name: 'prometheus', programs, megabytes: 20 };
  fetchFromDebian({ ...what, suite: suiteHere(), folder: cacheFolder, env, log });
}

/** The release that runs here: its programs run on its own libraries. */
function suiteHere() {
  const about = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  return /^VERSION_CODENAME=(\w+)/m.exec(about)?.[1] ?? 'stable';
}
