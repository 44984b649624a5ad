import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Problem } from './problem.ts';

// Not imported: an `import` of `node:http` loads Node's whole fetch, 80 ms of CPU time of a start.
const { createServer } = process.getBuiltinModule('node:http');

/** Largest request body, in bytes. */
const BODY_BYTES_MAX = 65_536;
/**
 * How long an idle connection stays open, in milliseconds: longer than clients keep theirs, so that they
 * close first.
 */
const KEEP_ALIVE_MS = 75_000;

export interface Incoming {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Reply {
  /** Answers; settles when the answer has been handed to the network, or the caller is gone. */
  send(status: number, text: string, headers?: Record<string, string>): Promise<void>;
  json(status: number, body: unknown, headers?: Record<string, string>): Promise<void>;
  /** Resets the connection without an answer. */
  cut(): void;
  /** Waits; ends early when the door closes. */
  wait(delayMs: number): Promise<void>;
}

export type Handler = (incoming: Incoming, reply: Reply) => void | Promise<void>;

/**
 * An HTTP server whose `handler` sees only requests that name this very machine as `Host`: a web page that a
 * browser was tricked into resolving to 127.0.0.1 names another. What the handler throws is answered as
 * problem+json.
 */
export function createDoor(handler: Handler): Server {
  let closing = new AbortController();
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, (request, response) => {
    const reply = replyTo(request, response, closing.signal);
    receive(request)
      .then((incoming) => handler(incoming, reply))
      .catch((error: unknown) => refuse(reply, error));
  });
  server.on('close', () => {
    closing.abort();
    closing = new AbortController(); // the port may come back
  });
  return server;
}

async function receive(request: IncomingMessage): Promise<Incoming> {
  const port = request.socket.localPort;
  const host = request.headers.host ?? '';
  if (![`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`].includes(host)) {
    const detail = `The request is for the host "${host}", this is 127.0.0.1:${port}. Nothing was done.`;
    throw new Problem({ status: 421, type: 'host-refused', title: 'Wrong host', detail });
  }
  const url = new URL(request.url ?? '/', 'http://door');
  const body = await readBody(request);
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    body,
  };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) {
      const detail = `The body is larger than ${BODY_BYTES_MAX} bytes. Nothing was done.`;
      throw new Problem({ status: 413, type: 'body-too-large', title: 'Body too large', detail });
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function replyTo(request: IncomingMessage, response: ServerResponse, closing: AbortSignal): Reply {
  const send: Reply['send'] = (status, text, headers = {}) =>
    new Promise((resolve) => {
      response.once('close', resolve);
      // The caller is gone, or has its answer already.
      if (response.destroyed || response.headersSent) return resolve();
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(text, () => resolve());
    });
  return {
    send,
    json: (status, body, headers) => send(status, JSON.stringify(body), headers),
    cut: () => void request.socket.resetAndDestroy(),
    wait: (delayMs) => sleep(delayMs, undefined, { signal: closing }).catch(() => undefined),
  };
}

async function refuse(reply: Reply, error: unknown): Promise<void> {
  const problem = error instanceof Problem ? error : unexpected(error);
  await reply.json(problem.status, problem, { 'content-type': 'application/problem+json' });
}

function unexpected(error: unknown): Problem {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new Problem({ status: 500, type: 'defect', title: 'A defect of the sandbox', detail });
}
