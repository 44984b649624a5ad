import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { messageOf } from '@refrain/errors';
import { root } from '../cli/paths.ts';
import { findBuild, removeOld } from './page-builds.ts';
import { hashOfSources, type PageFile, readPage } from './page-files.ts';

/** The page as it is shown now: its files, or why there are none. */
export type Page =
  | { readonly state: 'built'; readonly files: ReadonlyMap<string, PageFile> }
  | { readonly state: 'building' }
  | { readonly state: 'failed'; readonly problem: string };

/** Longest time that a build may take, in milliseconds. */
const BUILD_MS_MAX = 120_000;
/** How long builds are kept: a checkout that goes back and forth finds those of this week again. */
const KEPT_MS = 7 * 24 * 3_600_000;
const sources = join(root, 'services', 'console');
const builds = join(root, '.cache', 'console');
const quietly = ['--emptyOutDir', '--logLevel', 'warn'];
const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');

/**
 * The page, built from its sources where they have changed since it was built last: once for a checkout, in a
 * process of its own, without the network. `said` is told how it went.
 */
export function openPage(said: (text: string, problem?: string) => void): { readonly now: () => Page } {
  let page: Page = { state: 'building' };
  const open = async (): Promise<void> => {
    try {
      page = { state: 'built', files: readPage(await builtPage()) };
      said('the page is ready');
    } catch (error) {
      page = { state: 'failed', problem: messageOf(error) };
      said('the page could not be built', messageOf(error));
    }
  };
  void open();
  return { now: () => page };
}

/** The folder of the built page, built first where it is not there. */
export async function builtPage(): Promise<string> {
  mkdirSync(builds, { recursive: true });
  const hash = hashOfSources(sources, join(root, 'package-lock.json'));
  return findBuild(builds, hash) ?? (await build(hash));
}

/** Known by its hash once it is whole. */
async function build(hash: string): Promise<string> {
  const unfinished = mkdtempSync(join(builds, 'unfinished.'));
  try {
    const config = join(sources, 'vite.config.ts');
    const argv = [vite, 'build', '--config', config, '--outDir', unfinished, ...quietly];
    await promisify(execFile)(process.execPath, argv, { cwd: root, timeout: BUILD_MS_MAX });
    const folder = join(builds, `${hash}.${randomUUID()}`);
    renameSync(unfinished, folder);
    removeOld(builds, Date.now() - KEPT_MS);
    return folder;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}
