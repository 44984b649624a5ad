import { z } from 'zod';
import { missing, text, time } from './fields.ts';
import { serviceSeen, wordSeen } from './overview.ts';

/** What takes part: a service, a dependency that services call, a program or a service of others. */
const mapNode = z.object({
  /** Its name; unique over all kinds. */
  id: text,
  kind: z.enum(['service', 'dependency', 'outsider', 'guest']),
  /** Of a service: its entities, with the events that each records. */
  entities: z.array(z.object({ name: text, hot: z.boolean(), events: z.array(text) })),
});
export type MapNode = z.output<typeof mapNode>;

/** Everything that goes from one node to another, as one arrow. */
const mapEdge = z.object({
  /** `orders>payments`. */
  id: text,
  from: text,
  to: text,
  /** `heard`: events that a service reacts to. `called`: effects at a dependency. `told`: by an outsider. */
  kind: z.enum(['heard', 'called', 'told']),
  carries: z.array(
    z.object({
      /** The event's type, or the effect's name. */
      name: text,
      /** Whose count in `frame.events` and `overview.events` says how much flows: `orders.OrderPlaced`. */
      counted: text,
      /** What is done about it: the reaction, or `keyed` and `unsafe` of an effect. */
      how: text,
      /** The event that an effect takes back. */
      undoes: text.optional(),
    }),
  ),
});
export type MapEdge = z.output<typeof mapEdge>;

/**
 * The choreography as contracts and reactions say it, which `refrain graph` prints; and how it stands now.
 */
export const choreographyMap = z.object({
  at: time,
  nodes: z.array(mapNode),
  edges: z.array(mapEdge),
  /** How services and dependencies stand now; later changes come with `live`. */
  services: z.array(serviceSeen),
  words: z.array(wordSeen),
  missing,
});
export type ChoreographyMap = z.output<typeof choreographyMap>;
