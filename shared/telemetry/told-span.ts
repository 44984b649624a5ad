import { partitionOf, type SpanFields, type SpanMessage } from '@refrain/contract-kit';

/** A finished span on its way to a collector. */
export interface ToldSpan {
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  readonly traceId: string;
  readonly spanId: string;
  /** Missing: the trace begins with it. */
  readonly parentSpanId: string | undefined;
  readonly link: { readonly traceId: string; readonly spanId: string } | undefined;
  /** Milliseconds since 1970, with fractions. */
  readonly startedAt: number;
  readonly endedAt: number;
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** Why it failed. */
  readonly error: string | undefined;
}

/** Where a message lies, as the conventions for messaging name it: once for all of its kind, and itself. */
function destinationOf({ of }: SpanMessage, isSent: boolean): { template: string; name: string } {
  if ('alarm' in of) {
    const subject = `schedules.${of.service}.${isSent ? 'at' : 'due'}`;
    return { template: `${subject}.{operation}`, name: `${subject}.${of.alarm}` };
  }
  const { service, entityType, entityId } = of;
  return {
    template: `events.${service}.{partition}.${entityType}.{id}`,
    name: `events.${service}.${partitionOf(entityId)}.${entityType}.${entityId}`,
  };
}

/** Name, kind and attributes of a span about a message, by the conventions for messaging. */
export function toldMessage(message: SpanMessage): Pick<ToldSpan, 'name' | 'kind'> & {
  readonly attributes: SpanFields;
} {
  const isSent = message.operation === 'send';
  const { template, name } = destinationOf(message, isSent);
  const verb = isSent ? 'publish' : 'process';
  return {
    name: `${verb} ${template}`,
    kind: isSent ? 'producer' : 'consumer',
    attributes: {
      'messaging.system': 'nats',
      'messaging.operation.name': verb,
      'messaging.operation.type': message.operation,
      'messaging.destination.name': name,
      'messaging.destination.template': template,
      'messaging.message.id': message.id,
    },
  };
}
