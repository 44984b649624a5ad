import { connect } from 'node:net';

/**
 * Resolves when a nats-server greets whoever connects, which it does before anything is asked of it. One that
 * is frozen takes connections and says nothing. Leaves nothing open.
 */
async function greets(url: string, ms: number): Promise<void> {
  const { protocol, hostname, port } = new URL(url.includes('://') ? url : `nats://${url}`);
  // A server that wants TLS from the first byte on says nothing before it.
  if (protocol === 'tls:') return;
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port || 4222) });
    const timer = setTimeout(
      () => socket.destroy(new Error(`it takes connections and says nothing within ${ms / 1_000} s`)),
      ms,
    );
    socket.once('error', reject);
    socket.once('close', () => {
      clearTimeout(timer);
      reject(new Error('it closed the connection without a greeting'));
    });
    socket.once('data', () => {
      resolve();
      socket.destroy();
    });
  });
}

/** Resolves when one of the servers greets. @throws what the first of them did instead. */
export async function oneGreets(urls: readonly string[], ms: number): Promise<void> {
  try {
    await Promise.any(urls.map(async (url) => await greets(url.trim(), ms)));
  } catch (error) {
    throw error instanceof AggregateError ? error.errors[0] : error;
  }
}
