import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

/** A finished span, as OTLP/HTTP JSON brings it. */
export interface ReceivedSpan {
  service: string;
  name: string;
  traceId: string;
  spanId: string;
  parentSpanId: string;
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  kind: number;
  attributes: Readonly<Record<string, string>>;
  /** The span ids of what it is linked to. */
  links: readonly string[];
}

interface Attribute {
  key: string;
  value: { stringValue?: string; intValue?: string | number };
}
interface MetricsBody {
  resourceMetrics: { scopeMetrics: { metrics: { name: string }[] }[] }[];
}
interface Body {
  resourceSpans: {
    resource: { attributes: Attribute[] };
    scopeSpans: {
      spans: {
        name: string;
        traceId: string;
        spanId: string;
        parentSpanId?: string;
        kind: number;
        attributes: Attribute[];
        links?: { spanId: string }[];
      }[];
    }[];
  }[];
}

const textsOf = (attributes: readonly Attribute[]): Record<string, string> =>
  Object.fromEntries(
    attributes.map(({ key, value }) => [key, String(value.stringValue ?? value.intValue ?? '')]),
  );

/** So many spans are kept; a test needs no more. */
const SPANS_MAX = 100_000;

/** A collector that keeps what it is sent. */
export async function otlpSink(): Promise<{
  endpoint: string;
  spans: readonly ReceivedSpan[];
  /** The names of the metrics that came. */
  metrics: ReadonlySet<string>;
  close(): Promise<void>;
}> {
  const spans: ReceivedSpan[] = [];
  const take = ({ resourceSpans }: Body): void => {
    for (const { resource, scopeSpans } of resourceSpans)
      for (const span of scopeSpans.flatMap((scope) => scope.spans)) {
        if (spans.length >= SPANS_MAX) throw new Error('more spans than a test needs');
        const { name, kind, traceId, spanId, parentSpanId = '', links = [] } = span;
        const service = textsOf(resource.attributes)['service.name'] ?? '';
        const ids = { traceId, spanId, parentSpanId, links: links.map((link) => link.spanId) };
        spans.push({ service, name, kind, ...ids, attributes: textsOf(span.attributes) });
      }
  };
  const metrics = new Set<string>();
  const takeMetrics = ({ resourceMetrics }: MetricsBody): void => {
    for (const { scopeMetrics } of resourceMetrics)
      for (const { name } of scopeMetrics.flatMap((scope) => scope.metrics)) metrics.add(name);
  };
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += String(chunk)));
    request.on('end', () => {
      if (request.url === '/v1/traces') take(JSON.parse(text) as Body);
      if (request.url === '/v1/metrics') takeMetrics(JSON.parse(text) as MetricsBody);
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    spans,
    metrics,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close').catch(() => {});
    },
  };
}
