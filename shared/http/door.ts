import type { Tracing } from '@refrain/contract-kit';
import type { Socket } from 'node:net';
import { Bug } from '@refrain/errors';
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { BODY_BYTES_MAX, defect, Problem, problemOf, problemOfBytes } from './problem.ts';
import { traceparentOf, traceRequests } from './request-span.ts';
import { createRouteList } from './route-list.ts';

/** What a door needs of the process behind it. */
export interface DoorOptions {
  /** Whether requests can be served now: `GET /health/ready` says 200 or 503. */
  readonly isReady: () => boolean;
  /** The page of `GET /metrics`, and what it is written in. Without it the door has none. */
  readonly metrics?: { readonly type: string; readonly page: () => Promise<string> } | undefined;
  /** Shows its requests as spans, where anybody is told. */
  readonly tracing?: Tracing | undefined;
  /**
   * Names that requests may be for besides this machine's own on the loopback; `any` for one that knows who
   * asks.
   */
  readonly hosts?: readonly string[] | 'any' | undefined;
  /** What a handler's error is taken for before it is answered. Default: for what it is. */
  readonly meaningOf?: ((error: unknown) => unknown) | undefined;
  /** Told of every error that nobody expected. */
  readonly onDefect?: (error: unknown, request: { method: string; url: string }) => void;
}

/*
 * Not imported: an `import` of `node:http` reads each of its exports, and one of them loads Node's whole
 * fetch, 80 ms of CPU time in every start of a process that never fetches.
 */
const { STATUS_CODES } = process.getBuiltinModule('node:http');

/** Bodies are checked by the handlers' own schemas; fastify's two compilers are 70 ms of a start. */
const schemaController = {
  compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas },
};

function noSchemas(): never {
  throw new Bug(
    'a route of a door has a `schema`, and doors load no compiler: check the body in its handler',
  );
}

const hostOf = (host: string): string => host.replace(/:\d*$/, '');

/** The names that requests may be for, without a port: this machine's own on the loopback. */
const HOSTS: readonly string[] = ['127.0.0.1', 'localhost', '[::1]'];

function refuseForeignHost(host: string, others: DoorOptions['hosts'] = []): void {
  if (others === 'any' || [...HOSTS, ...others].includes(hostOf(host))) return;
  const named = host === '' ? 'names no Host' : `is for the host "${host.slice(0, 100)}", which this is not`;
  const detail = `The request ${named}. Nothing was done.`;
  throw new Problem({ status: 421, type: 'host-refused', title: 'Wrong host', detail });
}

/**
 * A fastify instance with the rules of every door: it sees only requests that name this machine as `Host` (a
 * web page that a browser was tricked into resolving to 127.0.0.1 names another), takes JSON only, answers
 * each error as problem+json, and gives a request's traceparent back.
 */
export function openDoor({
  isReady,
  metrics,
  hosts,
  tracing,
  meaningOf,
  onDefect = () => {},
}: DoorOptions): FastifyInstance {
  const answer = (thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const error = meaningOf ? meaningOf(thrown) : thrown;
    const problem = problemOf(error);
    if (!problem) onDefect(error, request);
    const { about } = problem ?? defect();
    const text = JSON.stringify(problem ?? defect());
    return reply
      .code(about.status)
      .headers(about.headers ?? {})
      .type('application/problem+json')
      .send(Buffer.from(text)); // to a string fastify would add a charset, which JSON has none of
  };
  const app = fastify({
    logger: false,
    schemaController,
    bodyLimit: BODY_BYTES_MAX,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 100 },
    http: { requireHostHeader: false }, // a request without one is answered like one for another host
    frameworkErrors: (error, request, reply) => void answer(error, request, reply),
    clientErrorHandler: refuseBytes,
  });
  const routes = createRouteList();
  app.addHook('onRoute', ({ method, url }) => routes.add([method].flat(), url));
  app.removeContentTypeParser('text/plain');
  app.addHook('onRequest', async (request, reply) => {
    refuseForeignHost(request.headers.host ?? '', hosts);
    const traceparent = traceparentOf(request);
    if (traceparent) reply.header('traceparent', traceparent);
  });
  if (tracing?.isOn) traceRequests(app, tracing);
  app.setErrorHandler(answer);
  app.setNotFoundHandler((request) => {
    throw routes.problemOf(request.method, request.url);
  });
  app.get('/health/live', async () => ({ status: 'live' }));
  app.get('/health/ready', async (_, reply) => {
    const ready = isReady();
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ready' : 'starting' });
  });
  if (metrics) app.get('/metrics', async (_, reply) => reply.type(metrics.type).send(await metrics.page()));
  return app;
}

/** Answers bytes that are no request: nothing of fastify sees them. */
function refuseBytes(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy();
  const problem = problemOfBytes(error.code);
  const { status } = problem.about;
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
