import { once } from 'node:events';
import { connect as dial, createServer, type Socket } from 'node:net';

/** What a link does to what goes over it. */
export type Trouble =
  /** Every connection is closed, and every new one at once. */
  | { readonly kind: 'cut' }
  /** All that is sent arrives, so many milliseconds later. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Connections stay and new ones are taken; nothing arrives, either way, and nobody is told. */
  | { readonly kind: 'half-open' };

/** A way to a local port that a test can trouble. Until it is told to, it passes everything as it is. */
export interface TroubledLink {
  /** Where to connect instead. */
  readonly port: number;
  /** How many connections went over it so far. */
  carried(): number;
  trouble(trouble: Trouble): void;
  /** Lets everything pass again. A connection that has lost something is closed, as a real one would end. */
  heal(): void;
  close(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  readonly server: Socket;
  lossy: boolean;
}

export async function troubledLink(targetPort: number): Promise<TroubledLink> {
  const pairs = new Set<Pair>();
  let trouble: Trouble | undefined;
  let carried = 0;
  const end = ({ client, server }: Pair): void => {
    client.destroy();
    server.destroy();
  };
  const pass = (pair: Pair, to: Socket, data: Buffer): void => {
    if (trouble?.kind === 'half-open') pair.lossy = true;
    else if (trouble?.kind === 'slow') setTimeout(() => to.write(data), trouble.ms);
    else to.write(data);
  };
  const listener = createServer((client) => {
    client.on('error', () => {});
    if (trouble?.kind === 'cut') {
      client.destroy();
      return;
    }
    const pair: Pair = { client, server: dial(targetPort, '127.0.0.1'), lossy: false };
    pairs.add(pair);
    carried++;
    client.on('data', (data) => pass(pair, pair.server, data));
    pair.server.on('data', (data) => pass(pair, client, data));
    for (const socket of [client, pair.server]) {
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('close', () => {
        pairs.delete(pair);
        // What was sent slowly still arrives before the end does.
        setTimeout(() => end(pair), trouble?.kind === 'slow' ? trouble.ms + 1 : 0);
      });
    }
  }).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return {
    port: (listener.address() as { port: number }).port,
    carried: () => carried,
    trouble: (next) => {
      trouble = next;
      if (next.kind === 'cut') for (const pair of pairs) end(pair);
    },
    heal: () => {
      trouble = undefined;
      for (const pair of pairs) if (pair.lossy) end(pair);
    },
    close: async () => {
      const closed = once(listener, 'close');
      listener.close();
      for (const pair of pairs) end(pair);
      await closed;
    },
  };
}
