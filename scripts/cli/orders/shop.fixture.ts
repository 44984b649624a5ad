import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

interface Stored {
  readonly orderId: string;
  readonly body: string;
  looks: number;
  cancelled: boolean;
}

/**
 * The door of `orders` as the CLI knows it, over a map: what it takes is `placed` at the first look, then
 * settled.
 */
export async function startOrdersDoor(): Promise<{
  url: string;
  requests: string[];
  failNext: (times: number) => void;
  close: () => Promise<void>;
}> {
  const orders = new Map<string, Stored>();
  const requests: string[] = [];
  let failures = 0;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    requests.push(`${request.method} ${request.url}`);
    const say = (status: number, content: object, headers = {}): void =>
      void response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify(content));
    if (failures > 0) {
      failures--;
      say(503, { title: 'not now', detail: 'The log is away.' });
      return;
    }
    const [, , id = '', action] = (request.url ?? '').split('/');
    if (request.method === 'POST' && id === '') {
      const key = String(request.headers['idempotency-key']);
      const known = orders.get(key);
      if (known && known.body !== body) say(422, { title: 'same key, other body' });
      else if (body.includes('unknown-sku'))
        say(400, { title: 'invalid', detail: 'lines.0.sku is not sold here.' });
      else if (known)
        say(202, { orderId: known.orderId, status: 'placed' }, { 'idempotency-replayed': 'true' });
      else {
        const orderId = `order-${orders.size + 1}`;
        orders.set(key, { orderId, body, looks: 0, cancelled: false });
        say(202, { orderId, status: 'placed' });
      }
      return;
    }
    const found = [...orders.values()].find(({ orderId }) => orderId === id);
    if (!found) say(404, { title: 'unknown' });
    else if (action === 'cancellation') {
      found.cancelled = true;
      say(202, { orderId: id, status: 'cancelling' });
    } else say(200, { orderId: id, total: { minor: 300, currency: 'EUR' }, ...stateOf(found) });
  };
  const server = createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    failNext: (times) => void (failures = times),
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function stateOf(order: Stored): { status: string; reason?: string } {
  order.looks++;
  if (order.body.includes('never-settles') || order.looks === 1) return { status: 'placed' };
  if (order.cancelled) return { status: 'cancelled', reason: 'requested' };
  if (order.body.includes('pm_card_chargeDeclined')) return { status: 'cancelled', reason: 'card_declined' };
  if (order.body.includes('"quantity":1000')) return { status: 'cancelled', reason: 'out_of_stock' };
  return { status: 'completed' };
}
