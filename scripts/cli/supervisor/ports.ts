import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename } from 'node:path';

/** How far above the base each process listens. A service says its own: see `found-services.ts`. */
export const portOffsets = {
  console: 0,
  governor: 14,
  psp: 20,
  mail: 21,
  nats: 22,
  'nats-2': 23,
  'nats-3': 24,
  smtp: 25,
  /** Where the nodes of a cluster hear each other. */
  'nats-route': 32,
  'nats-2-route': 33,
  'nats-3-route': 34,
} as const;

export interface BusyPort {
  readonly port: number;
  /** `node (pid 123)` where the system tells. */
  readonly holder: string;
}

/** The port, if somebody listens on it already. */
export async function busyPort(port: number): Promise<BusyPort | undefined> {
  const server = createServer();
  const free = await new Promise<boolean>((done) => {
    server.once('error', () => done(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => done(true));
  });
  if (!free) return { port, holder: holderOf(port) };
  await new Promise((done) => server.close(done));
  return undefined;
}

function holderOf(port: number): string {
  try {
    const inode = listeningInode(port);
    const pid = inode === undefined ? undefined : pidWithSocket(inode);
    if (pid !== undefined) return `${programOf(pid)} (pid ${pid})`;
  } catch {
    // No /proc, or a process that ended while we looked: then nobody can be named.
  }
  return 'another process';
}

/** `nats-server`, `node main.ts`: further arguments are nobody's business. */
function programOf(pid: string): string {
  const [program = '', first = ''] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  const script = /\.[cm]?[jt]s$/.test(first) ? ` ${first.split('/').slice(-2).join('/')}` : '';
  return `${basename(program)}${script}`;
}

/** The socket of the listener, from the kernel's table: `0A` is the state LISTEN. */
function listeningInode(port: number): string | undefined {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      const [, local, , state, , , , , , inode] = line.trim().split(/\s+/);
      if (state === '0A' && local?.endsWith(suffix)) return inode;
    }
  }
  return undefined;
}

function pidWithSocket(inode: string): string | undefined {
  const link = `socket:[${inode}]`;
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .find((pid) => holds(pid, link));
}

function holds(pid: string, link: string): boolean {
  return unlessGone(() => readdirSync(`/proc/${pid}/fd`), []).some(
    (fd) => unlessGone(() => readlinkSync(`/proc/${pid}/fd/${fd}`), '') === link,
  );
}

/** Of another user's process nothing is to be read; a process, or what it has open, may end while we look. */
function unlessGone<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
