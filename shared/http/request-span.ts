import { parseTraceparent, type Span, type Tracing } from '@refrain/contract-kit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

interface Arrived {
  readonly tracing: Tracing;
  readonly startedAt: number;
  span?: Span;
}

const arrived = new WeakMap<FastifyRequest, Arrived>();

/** The request's W3C traceparent, where it has a valid one. */
export function traceparentOf({ headers }: { headers: Record<string, unknown> }): string | undefined {
  const { traceparent } = headers;
  return typeof traceparent === 'string' && parseTraceparent(traceparent) ? traceparent : undefined;
}

/**
 * Where in a trace what a request leads to belongs: below the span of the request, which begins here, once it
 * is known to which flow it belongs. Without tracing, below the client's own place.
 */
export function traceOf(request: FastifyRequest, flow: string): string | undefined {
  const one = arrived.get(request);
  if (!one) return traceparentOf(request);
  one.span ??= spanOf(request, flow, one);
  return one.span.traceparent;
}

function spanOf(request: FastifyRequest, flow: string, { tracing, startedAt }: Arrived): Span {
  const { method, routeOptions, protocol, hostname, port, raw } = request;
  return tracing.start({
    name: `${method} ${routeOptions.url ?? ''}`.trim(),
    kind: 'server',
    parent: traceparentOf(request),
    flow,
    foreign: true,
    startedAt,
    attributes: {
      'http.request.method': method,
      'http.route': routeOptions.url,
      'url.path': request.url.split('?')[0],
      'url.scheme': protocol,
      'server.address': hostname,
      'server.port': port ?? undefined,
      'network.protocol.version': raw.httpVersion,
    },
  });
}

/**
 * Shows requests as spans, by the conventions for HTTP: those that lead to something, and those that have a
 * place in a trace already. One that only asks, as who collects metrics does, is in no trace.
 */
export function traceRequests(app: FastifyInstance, tracing: Tracing): void {
  app.addHook('onRequest', async (request) => {
    arrived.set(request, { tracing, startedAt: performance.timeOrigin + performance.now() });
  });
  app.addHook('onResponse', async (request, reply) => end(request, reply));
}

function end(request: FastifyRequest, reply: FastifyReply): void {
  const one = arrived.get(request);
  if (!one || (!one.span && !traceparentOf(request))) return;
  const flow = reply.getHeader('refrain-correlation-id');
  const span = one.span ?? spanOf(request, typeof flow === 'string' ? flow : '', one);
  const status = reply.statusCode;
  span.set({ 'http.response.status_code': status });
  span.end(status >= 500 ? { type: String(status), message: `answered ${status}` } : undefined);
}
