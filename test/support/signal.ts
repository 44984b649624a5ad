/**
 * The pid of a process that must be there.
 * @throws where it is not: 0 in its place would mean the whole process group, this test and all that runs it.
 */
export function pidOf(found: { readonly pid: number } | undefined): number {
  if (!found || !Number.isInteger(found.pid) || found.pid < 2)
    throw new Error(`There is no process to signal: ${JSON.stringify(found)}. None was signalled.`);
  return found.pid;
}

/** Holds processes still while `run` goes on; they go on after it, whatever came of it. */
export async function whileStopped<T>(pids: readonly number[], run: () => Promise<T>): Promise<T> {
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  try {
    return await run();
  } finally {
    for (const pid of pids) process.kill(pid, 'SIGCONT');
  }
}
