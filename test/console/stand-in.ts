import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Errand, type Frame, FRAMES_PER_S_MAX, type Session } from '@refrain/console/api';
import { headers } from '../../scripts/console/guard.ts';
import { readPage } from '../../scripts/console/page-files.ts';
import { idOf } from './stand-in-ids.ts';
import { entityOf, orderAt, orderPageOf } from './stand-in-orders.ts';
import { mapAt, mix, overviewAt, processes, services, wordsAt } from './stand-in-shop.ts';
import { governorAt, letterAt, lettersOf, operationAt, replayReportOf } from './stand-in-work.ts';

export interface StandInOptions {
  /** The folder of the built page. */
  readonly page: string;
  readonly orders?: number;
  readonly eventsPerS?: number;
  readonly session?: Partial<Session>;
  /** Another answer to a path, for what a shop with troubles does not say. */
  readonly instead?: Readonly<Record<string, unknown>>;
}

/** The page is shown under what the console's own server allows it. */
const policy = headers['content-security-policy'] ?? '';

/**
 * A server that speaks the console's API and says the same troubled things each time: what a page does with
 * 10,000 orders and 100 events a second is measured without a shop beside it.
 */
export async function startStandIn(
  options: StandInOptions,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const files = readPage(options.page);
  const server = createServer((request, response) => {
    response.setHeader('content-security-policy', policy);
    if (request.url?.startsWith('/api/live')) sendFrames(response, options.eventsPerS ?? 20);
    else if (request.url?.startsWith('/api/')) sendAnswer(request, response, options);
    else sendFile(request.url ?? '/', response, files);
  });
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  };
  return { url: `http://127.0.0.1:${port}`, stop };
}

function sendFile(url: string, response: ServerResponse, files: ReturnType<typeof readPage>): void {
  const file = files.get(new URL(url, 'http://x').pathname) ?? files.get('/index.html');
  response.setHeader('content-type', file?.type ?? '');
  response.end(file?.body);
}

function sendFrames(response: ServerResponse, eventsPerS: number): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  const share = eventsPerS / FRAMES_PER_S_MAX / 100;
  let n = 0;
  const send = (): void => {
    const now = Date.now();
    n += 1;
    const latest = Array.from({ length: 20 }, (_, i) => ({
      at: new Date(now - 20 + i).toISOString(),
      service: 'orders',
      type: 'OrderPlaced',
      entity: `order/${idOf(n * 20 + i)}`,
      orderId: idOf(n * 20 + i),
    }));
    const frame: Frame = {
      at: new Date(now).toISOString(),
      ms: 1_000 / FRAMES_PER_S_MAX,
      events: Object.fromEntries(Object.entries(mix).map(([type, of]) => [type, Math.round(of * share)])),
      latest,
      services: services.map((one) => ({ ...one, lag: (one.lag + n) % 150, open: one.open + (n % 9) })),
      words: wordsAt(now).map((word) => ({ ...word, kind: n % 40 < 20 ? word.kind : 'open' })),
      processes,
    };
    response.write(`event: frame\ndata: ${JSON.stringify(frame)}\n\n`);
  };
  send();
  const timer = setInterval(send, 1_000 / FRAMES_PER_S_MAX);
  response.on('close', () => clearInterval(timer));
}

const doneErrand: Errand = {
  id: 't1',
  kind: 'replay',
  about: 'payments',
  state: 'done',
  startedAt: new Date(0).toISOString(),
  progress: '120000 of 120000 commits',
  share: 1,
};

function sendAnswer(request: IncomingMessage, response: ServerResponse, options: StandInOptions): void {
  const url = new URL(request.url ?? '/', 'http://x');
  const instead = options.instead?.[url.pathname];
  const answer = instead ?? answerTo(url, options);
  response.setHeader('content-type', answer === undefined ? 'application/problem+json' : 'application/json');
  response.statusCode = answer === undefined ? 404 : 200;
  const problem = {
    type: 'urn:refrain:problem:not-found',
    title: 'Not found',
    status: 404,
    detail: 'Nobody knows it.',
  };
  response.end(JSON.stringify(answer ?? problem));
}

/** `limit` of `all`, from the cursor on. */
function pageFrom<T>(url: URL, all: number, of: (n: number) => T): { items: T[]; next?: string } {
  const from = Number(url.searchParams.get('after') ?? 0);
  const to = Math.min(all, from + Number(url.searchParams.get('limit') ?? 50));
  const items = Array.from({ length: to - from }, (_, i) => of(from + i));
  return to < all ? { items, next: String(to) } : { items };
}

function answerTo(url: URL, { orders = 10_000, session = {} }: StandInOptions): unknown {
  const now = Date.now();
  const [, , area = '', first = '', second = '', third = ''] = url.pathname.split('/');
  const missing: string[] = [];
  const answers: Readonly<Record<string, () => unknown>> = {
    session: (): Session => ({
      needsToken: false,
      readOnly: false,
      sandboxes: ['psp', 'mail'],
      traceUrlTemplate: 'http://127.0.0.1:16686/trace/{traceId}',
      services: ['orders', 'payments', 'inventory', 'notifications'],
      dependencies: ['psp', 'mail'],
      guests: [],
      ...session,
    }),
    overview: () => overviewAt(now),
    map: () => mapAt(now),
    orders: () =>
      first === '' ? pageFrom(url, orders, orderAt) : orderPageOf(first, first === idOf(0) ? 38 : 1),
    retries: () => ({ ...pageFrom(url, 60, (n) => operationAt(n, now)), missing }),
    verdicts: () => ({ items: [operationAt(3, now)], missing }),
    governor: () => (first === '' ? governorAt(now) : { items: [] }),
    'dead-letters': () => (first === '' ? lettersOf() : pageFrom(url, 11, letterAt)),
    entities: () =>
      entityOf(first, `${second}/${third}`, Number(url.searchParams.get('at') ?? 0) || undefined),
    errands: () => (first === '' ? { items: [doneErrand] } : { ...doneErrand, result: replayReportOf() }),
    faults: () => ({
      items: ['psp', 'mail'].map((sandbox) => ({
        sandbox,
        url: 'http://127.0.0.1:4020',
        modes: ['none', 'slow', 'down', 'gone'],
        faults: {
          mode: sandbox === 'psp' ? 'down' : 'none',
          rate: 1,
          delayMs: 1_000,
          seed: 1,
          forMs: 10_000,
        },
      })),
    }),
  };
  return answers[area]?.();
}
