import { z } from 'zod';
import { count, missing, name, pageOf, saidFields, text, time } from './fields.ts';

/** What nobody could decide, as `refrain dead-letters ls` shows it. */
const letterSeen = z.object({
  id: text,
  group: text,
  service: text,
  entity: text,
  flow: text,
  cause: text,
  reaction: text,
  operation: text.optional(),
  error: text,
  at: time,
  redriven: z.object({ by: text, why: text, at: time }).optional(),
  redrivable: z.boolean(),
});
export type LetterSeen = z.output<typeof letterSeen>;

/** Most groups that are shown, those with the most letters first; `truncated` says that there are more. */
export const GROUPS_MAX = 200;

/** Dead letters of one reaction and one kind of error. */
export const letterGroup = z.object({
  service: text,
  group: text,
  reaction: text,
  /** What their errors have in common. */
  errorClass: text,
  letters: count,
  oldest: time,
  newest: time,
});
export type LetterGroup = z.output<typeof letterGroup>;

export const lettersOverview = z.object({
  groups: z.array(letterGroup),
  letters: count,
  truncated: z.boolean(),
  missing,
});
export type LettersOverview = z.output<typeof lettersOverview>;

export const lettersPage = pageOf(letterSeen);
export type LettersPage = z.output<typeof lettersPage>;

/** Exactly one of `ids`, `group`, `flow` and `all`. A dry run needs no `why`. */
export const redriveRequest = z
  .strictObject({
    ...saidFields,
    why: saidFields.why.optional(),
    ids: z.array(name).min(1).max(200).optional(),
    group: name.optional(),
    flow: name.optional(),
    all: z.literal(true).optional(),
  })
  .refine(
    (body) => [body.ids, body.group, body.flow, body.all].filter((it) => it !== undefined).length === 1,
    'expected one of ids, group, flow and all',
  );

/** What came of it, or would. */
export const redriving = z.object({
  dryRun: z.boolean(),
  succeeded: count,
  failed: count,
  errors: z.array(z.object({ error: text, letters: count })),
  already: count,
  pending: count,
  refused: z.array(z.object({ id: text, problem: text })),
  /** Ids that no service knows. */
  unknown: z.array(text),
  missing,
});
export type RedrivingSeen = z.output<typeof redriving>;
