import { connect } from 'node:net';

/** What a nats-server says of itself to everyone who connects. */
export interface NatsGreeting {
  readonly version: string;
}

/** Connects, reads the first line and hangs up: the server is there when it greets. */
export async function greetingOf(url: string, timeoutMs = 1_000): Promise<NatsGreeting> {
  const { hostname, port } = new URL(url);
  return await new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port || 4222) });
    let received = '';
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`nothing was said within ${timeoutMs} ms`)));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the connection was closed without a greeting')));
    socket.on('data', (chunk) => {
      received += chunk.toString();
      const [, info] = /^INFO (\{.*\})\s*\r\n/.exec(received) ?? [];
      if (info === undefined) return;
      resolve(JSON.parse(info) as NatsGreeting);
      socket.destroy();
    });
  });
}
