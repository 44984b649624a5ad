// `npm run pack`: builds the libraries and contracts into packages that can be installed, dist/packs/*.tgz.
// `--out <folder>` puts them elsewhere.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { packedPackages, publishedManifest, readmeOf } from './packages.ts';

const root = resolve(import.meta.dirname, '../..');
const windows = process.platform === 'win32';

const run = (command: string, args: readonly string[]): string =>
  execFileSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    shell: windows,
    stdio: ['ignore', 'pipe', 'inherit'],
  });

/** @returns the files that were written. What was in the folder of an earlier build stays. */
function packInto(out: string, work: string): string[] {
  const built = join(work, 'built');
  const tsc = join(root, 'node_modules', '.bin', windows ? 'tsc.cmd' : 'tsc');
  run(tsc, ['-p', 'scripts/packs/tsconfig.build.json', '--outDir', built]);
  const staged = packedPackages(root).map((one) => {
    const folder = join(built, one.folder);
    const readme = join(root, one.folder, 'README.md');
    if (existsSync(readme)) copyFileSync(readme, join(folder, 'README.md'));
    else writeFileSync(join(folder, 'README.md'), readmeOf(one));
    copyFileSync(join(root, 'LICENSE'), join(folder, 'LICENSE'));
    writeFileSync(join(folder, 'package.json'), `${JSON.stringify(publishedManifest(one), undefined, 2)}\n`);
    return folder;
  });
  mkdirSync(out, { recursive: true });
  const flags = ['--json', '--ignore-scripts', '--pack-destination', out, '--loglevel=error'];
  const packed = JSON.parse(run('npm', ['pack', ...staged, ...flags])) as { filename: string }[];
  return packed.map(({ filename }) => join(out, filename));
}

const { values } = parseArgs({ options: { out: { type: 'string', default: join(root, 'dist', 'packs') } } });
const work = mkdtempSync(join(tmpdir(), 'refrain-packs-'));
try {
  for (const file of packInto(resolve(values.out), work)) console.log(file);
} finally {
  rmSync(work, { recursive: true, force: true });
}
