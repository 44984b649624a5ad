import { FLOW_EVENTS_MAX, type OrderPage } from '@refrain/console/api';
import { traceIdOf } from '@refrain/contract-kit';
import type { EventLog } from '@refrain/event-log';
import { type Registry, registryOf } from '@refrain/runtime';
import { guestsOf } from '../cli/guests/guest-list.ts';
import type { FoundShop } from '../cli/shop-at.ts';
import { entityIn } from '../cli/shop-log/entity-name.ts';
import { shopDefinitions } from '../cli/supervisor/shop-topology.ts';
import { eventsOfFlow, type FlowEvent, unsafeOperations } from '../cli/trace/flow-events.ts';
import { outsideOf } from '../cli/trace/outside.ts';
import { treesOf, withoutData } from '../cli/trace/tree.ts';
import { storyOf } from '../cli/why/story.ts';
import { eventKindsOf, type KindOf } from './event-kinds.ts';
import type { Mask } from './masking.ts';
import { waitsOf } from './waits.ts';

/** So long, in milliseconds, a sandbox is waited for: an order is shown without what a hanging one knows. */
const OUTSIDE_MS_MAX = 3_000;

/**
 * An order from all sides, from its flow's events and what the sandboxes know; `undefined`: nobody knows it.
 */
export async function orderPageOf(
  shop: FoundShop,
  log: EventLog,
  orderId: string,
  mask: Mask,
): Promise<OrderPage | undefined> {
  const all = await eventsOfFlow(log, orderId, guestsOf(shop.dataFolder));
  const [first] = all;
  if (!first) return undefined;
  const events = all.slice(0, FLOW_EVENTS_MAX);
  const operations = [...new Set(events.flatMap(({ operation }) => operation ?? []))];
  const { facts, missing } = await outsideOf(shop, orderId, operations, OUTSIDE_MS_MAX);
  const now = Date.now();
  const services = shopDefinitions();
  const unsafe = unsafeOperations(events, services.map(registryOf));
  const kindOf = eventKindsOf(services.map(({ contract }) => contract.$contract));
  return {
    orderId,
    ...endOf(all),
    placedAt: iso(first.at),
    ...(first.trace !== undefined && { traceId: traceIdOf(first.trace) }),
    events: events.map((event) => shown(event, kindOf, mask)),
    tree: treesOf({ events, facts, unsafe }).map(withoutData),
    waits: waitsOf({ events, facts, unsafe, now }).slice(0, FLOW_EVENTS_MAX),
    operations: storiesOf(events, operations, now).map((story) => ({
      ...story,
      trace: story.trace,
      steps: story.steps.map((step) => ({ ...step, sentences: [...step.sentences], data: mask(step.data) })),
    })),
    entities: entitiesOf(events, orderId),
    truncated: all.length > events.length,
    missing: [...missing],
  };
}

const iso = (at: number): string => new Date(at).toISOString();

const statuses: Readonly<Record<string, string>> = {
  OrderPlaced: 'placed',
  OrderCancelling: 'cancelling',
  OrderCompleted: 'completed',
  OrderCancelled: 'cancelled',
};

const ofOrders = ({ service, type }: FlowEvent): string | undefined =>
  service === 'orders' ? statuses[type] : undefined;

/** No contract says that the end of an order takes back what was done for it. */
const isCancelling = (event: FlowEvent): boolean =>
  ['cancelling', 'cancelled'].includes(ofOrders(event) ?? '');

/** What the order's own events say of it, as its read model does. */
function endOf(events: readonly FlowEvent[]): Pick<OrderPage, 'status' | 'reason' | 'settledAt' | 'total'> {
  const own = events.filter((event) => ofOrders(event) !== undefined);
  const last = own.at(-1);
  const said = (name: string): unknown =>
    own.map(({ data }) => (data as Record<string, unknown>)[name]).find((value) => value !== undefined);
  const status = (last && ofOrders(last)) ?? 'unknown';
  const settled = status === 'completed' || status === 'cancelled';
  const [reason, total] = [said('reason'), said('total')];
  return {
    status,
    ...(typeof reason === 'string' && { reason }),
    ...(total !== undefined && { total: total as NonNullable<OrderPage['total']> }),
    ...(settled && last && { settledAt: iso(last.at) }),
  };
}

function shown(event: FlowEvent, kindOf: KindOf, mask: Mask): OrderPage['events'][number] {
  const { id, type, version, service, entity, seq, at, cause, reaction, operation, data } = event;
  return {
    id,
    type,
    kind: isCancelling(event) ? 'undo' : kindOf(event),
    version,
    service,
    entity,
    seq,
    at,
    cause,
    reaction,
    ...(operation !== undefined && { operation }),
    data: mask(data),
  };
}

function storiesOf(events: readonly FlowEvent[], operations: readonly string[], now: number) {
  const registries = new Map(
    shopDefinitions()
      .map(registryOf)
      .map((registry): [string, Registry] => [registry.contract.service, registry]),
  );
  return operations.flatMap((id) => {
    const intent = events.find(({ operation }) => operation === id);
    const registry = intent && registries.get(intent.service);
    const name = intent && entityIn(intent.entity);
    if (!intent || !registry || !name) return []; // a guest's, whose contract is elsewhere
    const placed = events
      .filter(({ service, entity }) => service === intent.service && entity === intent.entity)
      .map((event) => ({ event, seq: event.seq, at: event.at }));
    const entity = { service: intent.service, ...name };
    return [storyOf({ registry, entity, events: placed }, id, now)];
  });
}

function entitiesOf(events: readonly FlowEvent[], orderId: string): OrderPage['entities'] {
  const names = [...new Set(events.map(({ service, entity }) => `${service} ${entity}`))];
  return names.flatMap((text) => {
    const [service = '', entity = ''] = text.split(' ');
    const name = entityIn(entity);
    return name?.entityId === orderId ? [{ service, type: name.entityType, id: name.entityId }] : [];
  });
}
