import { z } from 'zod';

const text = z.string();

/** What the doors show, as far as the commands use it; `--json` passes on all of it. */
export const operationView = z.looseObject({
  id: text,
  service: text,
  entity: text,
  flow: text,
  effect: text,
  dependency: text,
  state: text,
  since: text,
  attempts: z.number(),
  attemptsMax: z.number(),
  due: text.optional(),
  lastFailure: z
    .object({ name: text, class: text, happened: text, reason: text.optional(), at: text })
    .optional(),
  held: z.object({ until: text.optional(), reason: text.optional() }).optional(),
  asked: text.optional(),
  defect: z.object({ letter: text, error: text }).optional(),
  needs: z.array(text).optional(),
});
export type OperationSeen = z.infer<typeof operationView>;

export const letterView = z.looseObject({
  id: text,
  group: text,
  service: text,
  entity: text,
  flow: text,
  cause: text,
  reaction: text,
  operation: text.optional(),
  error: text,
  at: text,
  redrivable: z.boolean(),
  redriven: z.object({ by: text, why: text, at: text }).optional(),
});
export type LetterSeen = z.infer<typeof letterView>;

export const newerView = z.looseObject({ source: text, type: text, version: z.number(), lastSeen: text });

export const spoken = z.object({ changed: z.boolean(), says: text, entity: text });
export type Spoken = z.infer<typeof spoken>;

export const redriveReport = z.object({
  dryRun: z.boolean(),
  succeeded: z.number(),
  failed: z.number(),
  errors: z.array(z.object({ error: text, letters: z.number() })),
  already: z.number(),
  pending: z.number(),
  refused: z.array(z.object({ id: text, problem: text })),
  left: z.number(),
  last: z.number(),
  upTo: z.number(),
});
export type RedriveReport = z.infer<typeof redriveReport>;

export const sweepReport = z.object({
  open: z.number(),
  alarms: z.number(),
  deadLetters: z.number(),
  redriven: z.number(),
});
