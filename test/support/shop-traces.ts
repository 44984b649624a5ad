import type { Tracing } from '@refrain/contract-kit';
import { createTracing, newSpanId, preciseClock, samplingOf, type ToldSpan } from '@refrain/telemetry';
import type { ShopService } from './shop-streams.ts';

/** A span and whose it is. */
export interface ShopSpan extends ToldSpan {
  readonly service: string;
}

/** Traces of services in this process, each with a memory of its own, as processes have. `share` of them. */
export function shopTraces(share: number): {
  spans: ShopSpan[];
  tracing: (service: ShopService) => Tracing;
} {
  const spans: ShopSpan[] = [];
  const all = new Map<ShopService, Tracing>();
  const now = preciseClock();
  const create = (service: ShopService): Tracing => {
    const tell = (span: ToldSpan): void => void spans.push({ ...span, service });
    return createTracing({ sampling: samplingOf('parentbased_traceidratio', share), tell, now, newSpanId })
      .tracing;
  };
  const tracing = (service: ShopService): Tracing => {
    const known = all.get(service) ?? create(service);
    all.set(service, known);
    return known;
  };
  return { spans, tracing };
}

interface Placed {
  readonly name: string;
  readonly service: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly startedAt: number;
}

/** A trace as a person reads it: each span below the one that caused it. */
export function treeOf(spans: readonly Placed[]): string {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const inOrder = [...spans].sort((a, b) => a.startedAt - b.startedAt);
  const linesBelow = (parent: string | undefined, depth: number): string[] =>
    inOrder
      .filter(({ parentSpanId }) =>
        parent === undefined ? !ids.has(parentSpanId ?? '') : parentSpanId === parent,
      )
      .flatMap(({ name, service, spanId }) => [
        `${'  '.repeat(depth)}${service}: ${name}`,
        ...linesBelow(spanId, depth + 1),
      ]);
  return linesBelow(undefined, 0).join('\n');
}
