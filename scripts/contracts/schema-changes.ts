import { same, shown } from './comparing.ts';
import type { JsonSchema } from './description.ts';

/** One difference of two schemas, and what of it does not fit the other. */
export interface SchemaChange {
  /** The dotted path of the field; empty for the data itself. */
  readonly path: string;
  /** `was removed`, `may be missing no more`. */
  readonly what: string;
  /** Something that the old schema takes is refused by the new one: what is stored. */
  readonly refusesOld: boolean;
  /** Something that the new schema takes is refused by the old one: by who was built before. */
  readonly refusedByOld: boolean;
}

const BOTH = { refusesOld: true, refusedByOld: true };
const NARROWED = { refusesOld: true, refusedByOld: false };
const WIDENED = { refusesOld: false, refusedByOld: true };

type Fields = Readonly<Record<string, JsonSchema>>;

const objectAt = (schema: JsonSchema, key: string): Fields => (schema[key] ?? {}) as Fields;
const listAt = (schema: JsonSchema, key: string): readonly unknown[] => (schema[key] ?? []) as unknown[];

/** Every difference, down to the fields of fields. What it cannot judge it takes for a break both ways. */
export function schemaChanges(before: JsonSchema, after: JsonSchema, path = ''): SchemaChange[] {
  if (same(before, after)) return [];
  if (before['type'] !== after['type']) return [typeChange(before, after, path)];
  return [
    ...fieldChanges(before, after, path),
    ...valueChanges(before, after, path),
    ...boundChanges(before, after, path),
    ...nestedChanges(before, after, path),
    ...otherChanges(before, after, path),
  ];
}

function typeChange(before: JsonSchema, after: JsonSchema, path: string): SchemaChange {
  const [from, to] = [before['type'], after['type']];
  const what = `is ${shown(to)} and was ${shown(from)}`;
  if (from === 'integer' && to === 'number') return { path, what, ...WIDENED };
  if (from === 'number' && to === 'integer') return { path, what, ...NARROWED };
  return { path, what, ...BOTH };
}

function fieldChanges(before: JsonSchema, after: JsonSchema, path: string): SchemaChange[] {
  const [old, now] = [objectAt(before, 'properties'), objectAt(after, 'properties')];
  const [oldMust, nowMust] = [listAt(before, 'required'), listAt(after, 'required')];
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return names.flatMap((name): SchemaChange[] => {
    const at = path === '' ? name : `${path}.${name}`;
    const [was, is] = [old[name], now[name]];
    const [wasNeeded, isNeeded] = [oldMust.includes(name), nowMust.includes(name)];
    if (!is) return [{ path: at, what: 'was removed', refusesOld: true, refusedByOld: wasNeeded }];
    if (!was)
      return [
        { path: at, what: isNeeded ? 'was added' : 'was added, optional', ...(isNeeded ? BOTH : WIDENED) },
      ];
    const need: SchemaChange[] =
      wasNeeded === isNeeded
        ? []
        : [
            isNeeded
              ? { path: at, what: 'was optional and is required', ...NARROWED }
              : { path: at, what: 'was required and is optional', ...WIDENED },
          ];
    return [...need, ...schemaChanges(was, is, at)];
  });
}

/** The values that are allowed, where they are counted; a single one is a list of one. */
const valuesOf = (schema: JsonSchema): readonly unknown[] | undefined =>
  'const' in schema ? [schema['const']] : (schema['enum'] as unknown[] | undefined);

function valueChanges(before: JsonSchema, after: JsonSchema, path: string): SchemaChange[] {
  const [old, now] = [valuesOf(before), valuesOf(after)];
  if (same(old, now)) return [];
  if (!old) return [{ path, what: `may only be ${now?.map(shown).join(', ')}`, ...NARROWED }];
  if (!now) return [{ path, what: `may be anything and was ${old.map(shown).join(', ')}`, ...WIDENED }];
  const gone = old.filter((one) => !now.some((other) => same(one, other)));
  const added = now.filter((one) => !old.some((other) => same(one, other)));
  return [
    ...(gone.length > 0 ? [{ path, what: `may no more be ${gone.map(shown).join(', ')}`, ...NARROWED }] : []),
    ...(added.length > 0 ? [{ path, what: `may also be ${added.map(shown).join(', ')}`, ...WIDENED }] : []),
  ];
}

const LOWER = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems'];
const UPPER = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems'];

function boundChanges(before: JsonSchema, after: JsonSchema, path: string): SchemaChange[] {
  const bounds = [
    ...LOWER.map((key) => ({ key, none: Number.NEGATIVE_INFINITY, sign: 1 })),
    ...UPPER.map((key) => ({ key, none: Number.POSITIVE_INFINITY, sign: -1 })),
  ];
  return bounds.flatMap(({ key, none, sign }): SchemaChange[] => {
    const [old, now] = [(before[key] ?? none) as number, (after[key] ?? none) as number];
    if (old === now) return [];
    const what = `has the ${key} ${shown(after[key])} and had ${shown(before[key])}`;
    return [{ path, what, ...(sign * (now - old) > 0 ? NARROWED : WIDENED) }];
  });
}

function nestedChanges(before: JsonSchema, after: JsonSchema, path: string): SchemaChange[] {
  return ['items', 'additionalProperties'].flatMap((key): SchemaChange[] => {
    const [old, now] = [before[key], after[key]];
    if (same(old, now)) return [];
    if (!isSchema(old) || !isSchema(now))
      return [{ path, what: `has the ${key} ${shown(now)} and had ${shown(old)}`, ...BOTH }];
    return schemaChanges(old, now, `${path}[]`);
  });
}

const isSchema = (value: unknown): value is JsonSchema =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const JUDGED = new Set(['type', 'properties', 'required', 'const', 'enum', ...LOWER, ...UPPER]);
for (const key of ['items', 'additionalProperties']) JUDGED.add(key);
/** They change nothing of what fits. */
const NAMES = new Set(['title', 'description', 'default', 'x-personal']);

function otherChanges(before: JsonSchema, after: JsonSchema, path: string): SchemaChange[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => !JUDGED.has(key),
  );
  return keys.flatMap((key): SchemaChange[] => {
    if (same(before[key], after[key])) return [];
    const what = `has the ${key} ${shown(after[key])} and had ${shown(before[key])}`;
    return [{ path, what, ...(NAMES.has(key) ? { refusesOld: false, refusedByOld: false } : BOTH) }];
  });
}
