import { createServer, type Server } from 'node:net';

/** As far above its base as the shop's highest port lies, and one more. */
const portSpan = 40;
/** Every port of a shop: doors, sandboxes, the broker's nodes and their routes. */
const ports = [0, 10, 11, 12, 13, 14, 20, 21, 22, 23, 24, 25, 32, 33, 34];
/** No port of a shop: who listens there has taken the base, for as long as its process lives. */
const claim = portSpan - 1;

/**
 * A base whose ports are free, far from the default shop and below the ports that the system hands out by
 * itself. It is taken until this process ends: of two tests that start shops at once, each has its own.
 * @throws Error when 50 tries found none.
 */
export async function takePortBase(): Promise<number> {
  for (let tries = 0; tries < 50; tries++) {
    const base = 12_000 + Math.floor(Math.random() * 400) * portSpan;
    const taken = await listen(base + claim);
    if (!taken) continue;
    const free = await Promise.all(ports.map(async (port) => await isFree(base + port)));
    if (free.every(Boolean)) return base;
    taken.close();
  }
  throw new Error('No free ports between 12000 and 28000.');
}

async function isFree(port: number): Promise<boolean> {
  const server = await listen(port);
  if (!server) return false;
  await new Promise<void>((done) => server.close(() => done()));
  return true;
}

/** A server that keeps nobody's process alive; `undefined` where the port is taken. */
const listen = (port: number): Promise<Server | undefined> =>
  new Promise((done) => {
    const server = createServer().unref();
    server.once('error', () => done(undefined)).listen(port, '127.0.0.1', () => done(server));
  });
