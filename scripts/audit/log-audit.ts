import { isPlatformEvent } from '@refrain/contract-kit';
import type { PlacedEvent, Violation } from './records.ts';

/** Nothing stands twice in the log: no event id, and per entity no cause that one reaction answered in two commits. */
export function auditLog(events: readonly PlacedEvent[]): Violation[] {
  const violations: Violation[] = [];
  const ids = new Map<string, PlacedEvent>();
  const answered = new Map<string, number>();
  for (const event of events) {
    const where = `${event.service} ${event.entity}`;
    const before = ids.get(event.id);
    if (before)
      violations.push({
        invariant: 'an event id is unique',
        where,
        found: `${event.type} ${event.id} at ${before.seq} and ${event.seq}`,
      });
    ids.set(event.id, event);
    if (event.type === 'refrain.Defect') continue;
    const key = `${where} ${event.cause} ${event.reaction}`;
    const seq = answered.get(key);
    if (seq !== undefined && seq !== event.seq)
      violations.push({
        invariant: 'a cause is handled once',
        where,
        found: `${event.cause} "${event.reaction}" at ${seq} and ${event.seq}`,
      });
    answered.set(key, event.seq);
  }
  return violations;
}

/** Causality: what an event names as its cause stands in the log. */
export function auditCauses(events: readonly PlacedEvent[]): Violation[] {
  const known = new Set(events.map((e) => `event:${e.id}`));
  return events
    .filter((e) => e.cause.startsWith('event:') && !known.has(e.cause) && !isPlatformEvent(e.type))
    .map((e) => ({
      invariant: 'a cause stands in the log',
      where: `${e.service} ${e.entity}`,
      found: `${e.type} names ${e.cause}`,
    }));
}
