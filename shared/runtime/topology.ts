import { intakeOf } from '@refrain/contract-kit';
import type { DurableDeclaration, ServiceTopology } from '@refrain/event-log';
import type { ServiceDefinition } from './definition.ts';

/** The durable in which a service hears another's events (or its own hot entities'). */
export const reactionDurable = (service: string): string => service;
/** The durable in which a service hears its own intents. */
export const effectDurable = (service: string): string => `${service}-effects`;
/** The durable in which its deadlines trail behind its log. */
export const deadlineDurable = (service: string): string => `${service}-deadlines`;

/** The durable in which it takes what an outsider tells. */
const intakeDurable = (service: string, outsider: string): string => `${service}-from-${outsider}`;

const unique = (values: readonly string[]): string[] => [...new Set(values)].sort();

/**
 * What a service needs of the broker, from its definition alone: the admin step makes it, the service binds
 * to it. Bounds: `maxAckPending` deliveries out at once per durable, over all instances; then the broker
 * holds back.
 */
export function topologyOf(definition: ServiceDefinition): ServiceTopology {
  const { service, effects, events, entities, outsiders } = definition.contract.$contract;
  const durable = (
    stream: string,
    name: string,
    types: readonly string[],
    more: Partial<DurableDeclaration> = {},
  ): DurableDeclaration => ({
    stream,
    durable: name,
    entityTypes: unique(types),
    from: 'beginning',
    maxAckPending: 1024,
    ackWaitMs: 30_000,
    ...more,
  });
  const sources = unique(definition.reactions.map((r) => r.event.service));
  const durables = sources.map((source) => {
    const heard = definition.reactions
      .filter((r) => r.event.service === source)
      .map((r) => r.event.entityType);
    return durable(source, reactionDurable(service), heard);
  });
  const intents = Object.values(effects).map((rule) => events[rule.after]?.entityType ?? '');
  if (intents.length > 0) durables.push(durable(service, effectDurable(service), intents));
  const due = definition.deadlines.map((d) => d.after.entityType);
  // The oldest wait first: what is stored later is due later, so a few held deliveries bound the memory.
  if (due.length > 0) durables.push(durable(service, deadlineDurable(service), due, { maxAckPending: 64 }));
  const outside = Object.entries(outsiders).map(([name, { tells, hears }]) => ({
    name,
    tells: Object.keys(tells).length > 0,
    hears: unique(hears),
  }));
  // Each has its own: one whose messages wait holds up nobody else's.
  for (const { name, tells } of outside)
    if (tells)
      durables.push(durable(intakeOf(service), intakeDurable(service, name), [name], { maxAckPending: 256 }));
  return {
    service,
    entityTypes: Object.keys(entities),
    durables,
    schedules: intents.length > 0,
    ...(outside.length > 0 && { outsiders: outside }),
  };
}

/** What kind of work a durable brings to the service that takes its deliveries. */
export function workOf(service: string, durable: string): 'reactions' | 'effects' | 'deadlines' {
  if (durable === effectDurable(service)) return 'effects';
  return durable === deadlineDurable(service) ? 'deadlines' : 'reactions';
}
