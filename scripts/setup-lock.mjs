// One at a time, between processes: a folder, since making one is atomic on every file system.
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * How long a lock may stand without the name of its owner, which is written right after the folder is made.
 */
const namelessMsMax = 5_000;

/**
 * Runs `work` while no other process holds `folder`. Waits for a living owner, takes the lock of a dead one.
 * Blocks the thread: nothing else goes on in a set-up.
 */
export function withLock(folder, say, work) {
  mkdirSync(dirname(folder), { recursive: true });
  let announced = false;
  while (!take(folder)) {
    const owner = ownerOf(folder);
    if (isStale(folder, owner)) {
      discard(folder, owner);
      continue;
    }
    if (!announced) say(`waiting for the set-up of process ${owner || 'unknown'}`);
    announced = true;
    sleep(200);
  }
  try {
    return work();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function take(folder) {
  try {
    mkdirSync(folder);
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
  writeFileSync(join(folder, 'pid'), String(process.pid));
  return true;
}

function ownerOf(folder) {
  try {
    return readFileSync(join(folder, 'pid'), 'utf8');
  } catch {
    return '';
  }
}

function isStale(folder, owner) {
  if (owner !== '') return !isAlive(Number(owner));
  try {
    return Date.now() - statSync(folder).mtimeMs > namelessMsMax;
  } catch {
    return false;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/**
 * Moves the lock aside first: of two that saw the same dead owner, the slower would else delete the quicker
 * one's lock.
 */
function discard(folder, owner) {
  const aside = `${folder}.stale-${process.pid}`;
  try {
    renameSync(folder, aside);
  } catch {
    return;
  }
  if (ownerOf(aside) !== owner) {
    renameSync(aside, folder);
    return;
  }
  rmSync(aside, { recursive: true, force: true });
}

function sleep(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
