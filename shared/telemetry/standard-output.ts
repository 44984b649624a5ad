import { fstatSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import type { TakeBytes } from './line-queue.ts';

const STDOUT = 1;
/** Of a pipe whose other end is closed, and of a terminal that hung up. */
const GONE: ReadonlySet<string> = new Set(['EPIPE', 'EIO']);

/**
 * Writes to stdout without ever waiting for a reader, where it is a pipe: what it does not take it says.
 * A terminal or a file is written to as usual; what a full disk does not take is lost, and nothing waits for
 * it. `onGone`: there is no reader any more.
 */
export function standardOutput(onGone: () => void): TakeBytes {
  // Opening it as a socket is what makes it not wait. Nothing goes through that socket: what is half written
  // must be known here, and a write that a thread waits in would keep the process from ending.
  if (isPipe()) new Socket({ fd: STDOUT, readable: false, writable: false }).unref();
  return (bytes) => {
    try {
      return writeSync(STDOUT, bytes);
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN') return 0;
      if (GONE.has(code)) onGone();
      return bytes.length;
    }
  };
}

function isPipe(): boolean {
  const stdout = fstatSync(STDOUT);
  return process.platform !== 'win32' && (stdout.isFIFO() || stdout.isSocket());
}

/** Waits so long without letting anything else go on. */
export function blockFor(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
