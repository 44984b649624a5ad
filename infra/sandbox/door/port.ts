import type { Server, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long open connections may finish what they are doing when the sandbox ends, in milliseconds. */
const GRACE_MS = 400;

/** A port on 127.0.0.1 that can vanish and come back under the same number. */
export interface Port {
  /** Listens, after `afterMs`, and tells the number. */
  open(afterMs?: number): Promise<number>;
  /** Stops listening and drops every connection for `forMs`, then listens again and calls `back`. */
  leave(forMs: number, back: () => void): Promise<void>;
  /** Stops for good; what is under way has `GRACE_MS` to finish. */
  close(): Promise<void>;
}

/** @param wanted the port's number; 0 takes a free one, which is then kept. */
export function createPort(server: Server, wanted: number): Port {
  const sockets = new Set<Socket>();
  const ended = new AbortController();
  let number = wanted;
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });

  const listen = async (): Promise<void> => {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(number, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
    const address = server.address();
    if (address && typeof address === 'object') number = address.port;
  };

  const shut = async (graceMs: number): Promise<void> => {
    if (!server.listening) return;
    const closed = new Promise((resolve) => void server.close(resolve));
    await Promise.race([closed, sleep(graceMs, undefined, { ref: false })]);
    for (const socket of sockets) socket.destroy();
    await closed;
  };

  const pause = (forMs: number) => sleep(forMs, true, { signal: ended.signal }).catch(() => false);

  return {
    async open(afterMs = 0) {
      if (afterMs > 0) await pause(afterMs);
      await listen();
      return number;
    },
    async leave(forMs, back) {
      await shut(0);
      if (!(await pause(forMs))) return;
      await listen();
      back();
    },
    async close() {
      ended.abort();
      await shut(GRACE_MS);
    },
  };
}
