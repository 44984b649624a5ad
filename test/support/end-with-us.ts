import { type ChildProcess, spawn } from 'node:child_process';

/** Ends a process when its starter is gone: nothing more can come from there. A line says that it ended. */
const watch = 'read -r line || kill -INT "$1"';

/**
 * Has a process ended as Ctrl-C would, should the thread that started it end before it: a test that took too
 * long never comes to its own end, and what it started would stay, beside all that follows. A thread that is
 * ended tells nobody; its pipes are closed.
 */
export function endWithUs(started: ChildProcess): ChildProcess {
  const watcher = spawn('sh', ['-c', watch, 'sh', String(started.pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  watcher.unref();
  watcher.stdin.on('error', () => {}); // it was ended by the same Ctrl-C
  started.once('exit', () => watcher.stdin.end('ended\n'));
  return started;
}
