import type { Change } from './changes.ts';
import type { Description } from './description.ts';

/** Services that may be deployed together, and why they come here. */
export interface Deployment {
  readonly services: readonly string[];
  readonly why: string;
}

interface Before {
  readonly reader: string;
  readonly writer: string;
  readonly event: string;
}

/**
 * In which order changed services are deployed: who hears an event's newer version before who records it. A
 * reader that is late loses nothing (it waits for its newer build), but its flows stand still meanwhile.
 * Where two wait for each other they come together.
 */
export function deploymentOrder(after: Description, changes: readonly Change[]): Deployment[] {
  const rules = changes.flatMap(({ service, raised }): Before[] => {
    if (!raised) return [];
    const event = `${service}.${raised.type} version ${raised.to}`;
    const readers = Object.entries(after)
      .filter(
        ([name, { hears }]) =>
          name !== service && hears.some((l) => l.startsWith(`${service}.${raised.type}: `)),
      )
      .map(([reader]) => reader);
    return readers.map((reader) => ({ reader, writer: service, event }));
  });
  const open = new Set([...changes.map(({ service }) => service), ...rules.map(({ reader }) => reader)]);
  const order: Deployment[] = [];
  while (open.size > 0) {
    const waits = (name: string): boolean =>
      rules.some(({ reader, writer }) => writer === name && open.has(reader));
    const ready = [...open].filter((name) => !waits(name));
    const services = (ready.length > 0 ? ready : [...open]).sort();
    order.push({ services, why: whyOf(services, rules, ready.length === 0) });
    for (const name of services) open.delete(name);
  }
  return order;
}

function whyOf(services: readonly string[], rules: readonly Before[], together: boolean): string {
  if (together)
    return 'each hears the other’s newer version: together; what they hear waits until then, nothing is lost';
  const hears = rules.filter(({ reader }) => services.includes(reader)).map(({ event }) => event);
  const records = rules.filter(({ writer }) => services.includes(writer)).map(({ event }) => event);
  return (
    [
      ...(hears.length > 0 ? [`hears ${[...new Set(hears)].join(', ')}`] : []),
      ...(records.length > 0 ? [`records ${[...new Set(records)].join(', ')}`] : []),
    ].join('; ') || 'in any order'
  );
}
