import { z } from 'zod';
import type { Finding } from './findings.ts';

/** As much of a word as is looked at here: one of a newer build is understood, too. */
const word = z.looseObject({
  kind: z.string(),
  reason: z.string(),
  pin: z
    .looseObject({ kind: z.string(), by: z.string(), host: z.string(), why: z.string(), at: z.number() })
    .optional(),
});

/** A governor speaks once a second; so long without a word is silence, in milliseconds. */
const SILENCE_MS = 5_000;

/** The last word that is kept on a dependency. */
export interface KeptWord {
  readonly dependency: string;
  readonly value: string | undefined;
  /** How long ago it was stored, by the broker's clock, in milliseconds. */
  readonly ageMs: number;
}

/** Who governs nothing, and who was told by a person what to say. */
export const governorFindings = (words: readonly KeptWord[]): Finding[] =>
  words.flatMap(({ dependency, value, ageMs }): Finding[] => {
    const check = 'governor';
    if (value === undefined) return []; // nobody has called it yet
    if (ageMs > SILENCE_MS)
      return [
        {
          check,
          about: dependency,
          found: `its last word is ${Math.round(ageMs / 1_000)} s old`,
          means: 'instances keep to first attempts, and a few retries of their own',
          todo: 'see that a governor runs: npx refrain ps, logs/governor.log in the data folder',
        },
      ];
    const read = word.safeParse(parsed(value));
    if (!read.success)
      return [
        {
          check,
          about: dependency,
          found: 'its last word cannot be read',
          means: 'instances do not understand it either, and take it for silence',
          todo: 'let governor, services and this command be of one build',
        },
      ];
    const { pin } = read.data;
    if (!pin) return [];
    return [
      {
        check,
        about: dependency,
        found: `a person pinned "${pin.kind}": ${pin.by} on ${pin.host}, ${new Date(pin.at).toISOString()}, "${pin.why}"`,
        means: 'the governor says this whatever it sees',
        todo: `when its reason is gone: npx refrain governor release ${dependency} --why "…"`,
      },
    ];
  });

/** No word was ever said. */
export const nobodyGoverns: Finding = {
  check: 'governor',
  about: 'the governor',
  found: 'it has not said a word yet',
  means: 'every first attempt goes; nobody limits calls over all instances',
  todo: 'nothing in a shop that has called nobody; else see that a governor runs: npx refrain ps',
};

/** Where the governor holds or slows calls by its own judgement: that is its work. */
export const governorNotes = (words: readonly KeptWord[]): Finding[] =>
  words.flatMap(({ dependency, value, ageMs }) => {
    const read = word.safeParse(parsed(value ?? ''));
    if (ageMs > SILENCE_MS || !read.success || read.data.pin || read.data.kind === 'open') return [];
    return [
      {
        check: 'governor',
        about: dependency,
        found: `the governor's word is "${read.data.kind}": ${read.data.reason}`,
        means: 'calls are held or slowed on purpose; they go on when the dependency does',
        todo: 'see to the dependency; the governor lets go by itself',
      },
    ];
  });

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
