// Takes single programs out of packages of Debian, through this machine's own apt. Plain JavaScript for
// Node 18 and newer, because set-up runs before Node 24 is there. No host name stands here: the mirror is the
// one apt is configured with.
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/**
 * Downloads a package of the suite and keeps its `programs` in `folder`; installs nothing, needs no root,
 * leaves apt's state alone. Blocks, and announces each long step through `log`.
 * @returns the paths of the programs, in that order.
 */
export function fetchFromDebian({ name, suite, programs, folder, megabytes, env, log }) {
  const mirror = debianMirror(env);
  const keyring = ['gpg', 'pgp']
    .map((ending) => `/usr/share/keyrings/debian-archive-keyring.${ending}`)
    .find((file) => existsSync(file));
  if (!keyring)
    throw new Error('the keyring of the Debian archive is missing (package debian-archive-keyring)');

  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(folder, 'apt-'));
  try {
    const apt = privateApt(work, { mirror, suite, keyring }, env);
    log(`fetching the package index of Debian ${suite} (about 10 MB)`);
    apt('update');
    log(`fetching ${name} (about ${megabytes} MB)`);
    apt('download', name);
    const archive = readdirSync(work).find((file) => file.endsWith('.deb'));
    if (!archive) throw new Error('apt-get download left no package');
    execFileSync('dpkg-deb', ['-x', join(work, archive), join(work, 'unpacked')]);
    return programs.map((program) => {
      const unpacked = ['usr/sbin', 'usr/bin']
        .map((place) => join(work, 'unpacked', place, program))
        .find((file) => existsSync(file));
      if (!unpacked) throw new Error(`${archive} holds no ${program}`);
      return keep(unpacked, join(folder, program));
    });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Moved into place by one rename, so that a reader never meets half a binary. */
function keep(binary, target) {
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

/** What apt said, or why it did not run. */
export function reasonOf(error) {
  const said = String(error.stderr ?? '').trim();
  return said === '' ? error.message : said.split('\n').slice(-3).join(' / ');
}
