import type { Span, Tracing } from '@refrain/contract-kit';
import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest, IncomingMessage } from 'node:http';

const textOf = (value: ReturnType<ClientRequest['getHeader']>): string | undefined =>
  typeof value === 'string' ? value : undefined;

/**
 * Shows each HTTP request that carries a `traceparent` as a span below it, named by the conventions for HTTP,
 * and carries on that of the span. Node says of each request when it is made: no gateway knows of this. A
 * query is not told, it may hold what is personal.
 */
export function traceHttpCalls(tracing: Tracing): void {
  const open = new WeakMap<ClientRequest, Span>();
  subscribe('http.client.request.created', (message) => {
    const { request } = message as { request: ClientRequest };
    const parent = textOf(request.getHeader('traceparent'));
    if (parent === undefined || request.headersSent) return;
    const { host, protocol, method, path } = request;
    const [address = host, port] = String(request.getHeader('host') ?? host).split(':');
    const flow = textOf(request.getHeader('refrain-correlation-id')) ?? '';
    const span = tracing.start({
      name: method,
      kind: 'client',
      parent,
      flow,
      attributes: {
        'http.request.method': method,
        'server.address': address,
        'server.port': Number(port ?? (protocol === 'https:' ? 443 : 80)),
        'url.full': `${protocol}//${address}${port === undefined ? '' : `:${port}`}${path.split('?')[0]}`,
      },
    });
    request.setHeader('traceparent', span.traceparent);
    open.set(request, span);
  });
  subscribe('http.client.response.finish', (message) => {
    const { request, response } = message as { request: ClientRequest; response: IncomingMessage };
    const status = response.statusCode ?? 0;
    const span = open.get(request);
    span?.set({ 'http.response.status_code': status });
    span?.end(status >= 400 ? { type: String(status), message: response.statusMessage ?? '' } : undefined);
  });
  subscribe('http.client.request.error', (message) => {
    const { request, error } = message as { request: ClientRequest; error: NodeJS.ErrnoException };
    open.get(request)?.end({ type: error.code ?? error.name, message: error.message });
  });
}
