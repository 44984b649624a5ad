import { z } from 'zod';

export const text = z.string();
export const count = z.number();
/** ISO 8601, UTC. */
export const time = z.string();
/** An id, the name of a service, of a group, of a dependency. */
export const name = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected 1 to 64 of A-Z a-z 0-9 _ -');

/** Most items of one page of any list. */
export const LIMIT_MAX = 200;
export const LIMIT_DEFAULT = 50;

/**
 * How a page of a list is asked for: `limit` 1 to 200, 50 by default; `after`: the `next` of the one before.
 */
export const pageFields = {
  limit: z.coerce.number().int().min(1).max(LIMIT_MAX).default(LIMIT_DEFAULT),
  after: z.string().min(1).max(100).optional(),
};
export const pageQuery = z.strictObject(pageFields);

/** A list's page: at most `limit` items, and `next` where there are more. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.object({ items: z.array(item), next: text.optional() });

export const money = z.object({ minor: z.number(), currency: text });
export type MoneySeen = z.output<typeof money>;

const line = (what: string, max: number) => z.string().trim().min(1, `expected ${what}`).max(max);

/** What every word of a person needs: why. `by`: who says it, recorded as claimed; `console` by default. */
export const saidFields = { why: line('a reason', 500), by: line('a name', 200).optional() };
export const said = z.strictObject(saidFields);
export type SaidRequest = z.input<typeof said>;

export const nothing = z.strictObject({}).nullish();

/** What a service answers to a word. `changed: false`: it had been said before. */
export const spoken = z.object({ changed: z.boolean(), says: text, entity: text, service: text });
export type SpokenSeen = z.output<typeof spoken>;

/** Services or sandboxes that did not answer: what they know is missing. */
export const missing = z.array(text);

/** RFC 9457. `type`: `urn:refrain:problem:<name>`. */
export const problem = z.object({
  type: text,
  title: text,
  status: count,
  detail: text,
  errors: z.array(text).optional(),
});
export type ProblemSeen = z.output<typeof problem>;

/** What the page has to know before anything else. */
export const session = z.object({
  /** A token has to be given first: POST `login`. Until then nothing else is told here. */
  needsToken: z.boolean(),
  /** Nothing can be changed here: `CONSOLE_READ_ONLY`. */
  readOnly: z.boolean(),
  /** Sandboxes that run here. Without any there are no faults, no load and no placing of orders. */
  sandboxes: z.array(z.enum(['psp', 'mail'])),
  /** Where a trace is shown; `{traceId}` stands for its id. `null`: nowhere. */
  traceUrlTemplate: text.nullable(),
  /** Names of the services, of the dependencies that they call, and of the guests. */
  services: z.array(text),
  dependencies: z.array(text),
  guests: z.array(text),
});
export type Session = z.output<typeof session>;

export const login = z.strictObject({ token: z.string().min(1).max(500) });
