import { defaultPolicy, pin, type Pin, type StoredPolicy, wordKinds } from '@refrain/governor';
import { z } from 'zod';

// STORED FORMAT: keys, names and fields stay in the bucket while older and newer governors share it.

export const LEASE_KEY = 'lease';
/** All pins together: a governor that takes over need not know which dependencies there are. */
export const PINS_KEY = 'pins';
export const POLICY_KEY = 'policy';
/** What there are words on, for who takes over and has heard of nothing yet. */
export const NAMES_KEY = 'dependencies';
/** The last word, spoken again each second. Instances hear this key, and no other. */
export const wordKey = (dependency: string): string => `word.${dependency}`;
/** What became different, and when: the words themselves cover a minute only. */
export const changeKey = (dependency: string): string => `change.${dependency}`;

/** What may stand in a key, and so in a subject of the broker. */
export const dependencyName = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected the name of a dependency such as psp');

export const storedPins = z.strictObject({ v: z.literal(1), pins: z.record(dependencyName, pin) });
export const storedNames = z.strictObject({ v: z.literal(1), names: z.array(dependencyName) });
export type Pins = Readonly<Record<string, Pin>>;

/** One line of a dependency's history. */
export const change = z.discriminatedUnion('what', [
  z.strictObject({
    what: z.literal('word'),
    v: z.literal(1),
    at: z.number(),
    kind: z.enum(wordKinds),
    reason: z.string(),
    rate: z.number().optional(),
    /** Whether a throttled rate is on its way up; absent in lines of older governors. */
    ramp: z.boolean().optional(),
    epoch: z.int(),
  }),
  z.strictObject({ what: z.literal('pinned'), v: z.literal(1), at: z.number(), pin }),
  z.strictObject({
    what: z.literal('released'),
    v: z.literal(1),
    at: z.number(),
    by: z.string(),
    host: z.string(),
    why: z.string(),
  }),
]);
export type Change = z.output<typeof change>;

/** What holds before anybody set a policy. */
export const firstPolicy: StoredPolicy = {
  version: 0,
  policy: defaultPolicy,
  by: 'refrain',
  host: '',
  why: 'the default, nobody has set another',
  at: 0,
};

/** The pins that hold now. */
export const activePins = (pins: Pins, now: number): Pins =>
  Object.fromEntries(Object.entries(pins).filter(([, { until }]) => until === undefined || until > now));

/** What is kept, as its schema knows it; `undefined` where it is something else, or no JSON. */
export function parsed<T>(
  schema: { safeParse(value: unknown): { data?: T | undefined } },
  value: string,
): T | undefined {
  try {
    return schema.safeParse(JSON.parse(value)).data;
  } catch {
    return undefined;
  }
}
