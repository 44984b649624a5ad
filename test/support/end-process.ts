import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Asks a process to end and waits until it has; one that takes longer than `killAfterMs` is killed. */
export async function endProcess(
  child: ChildProcess,
  signal: NodeJS.Signals,
  killAfterMs: number,
): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  await ended;
  clearTimeout(timer);
}
