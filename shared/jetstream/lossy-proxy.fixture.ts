import { once } from 'node:events';
import { connect as dial, createServer, type Socket } from 'node:net';

/** A way to the broker that loses the first acknowledgement of a message, and the connection with it. */
export async function lossyProxy(port: number): Promise<{ url: string; close(): void }> {
  let lost = false;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const broker = dial(port, '127.0.0.1');
    for (const socket of [client, broker]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        client.destroy();
        broker.destroy();
        sockets.delete(socket);
      });
    }
    client.on('data', (data) => broker.write(data));
    broker.on('data', (data) => {
      if (!lost && /"stream":"(?:EVENTS_\w+|KV_governor)", *"seq":/.test(data.toString('latin1'))) {
        lost = true;
        client.destroy();
        return;
      }
      client.write(data);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = (): void => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { url: `nats://127.0.0.1:${(server.address() as { port: number }).port}`, close };
}
