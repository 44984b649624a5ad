import { hash } from '@refrain/contract-kit';
import type { Position } from '@refrain/event-log';

/** What was made of a log up to a position, as it is kept: never truth, thrown away at any difference. */
export interface Snapshot {
  readonly position: Position;
  readonly data: unknown;
}

/** Where a snapshot of that name lies, in how many parts, and what it must be to count. */
export interface Manifest {
  readonly v: 1;
  /** The hash of the code that made it. */
  readonly code: string;
  readonly position: Position;
  /** Its parts are written before it, into the slot of its place that the manifest before does not name. */
  readonly slot: number;
  readonly parts: number;
  /** Of the text that the parts make together. */
  readonly digest: string;
}

/** The bound on one part, in characters: a message's bound is a megabyte. */
export const PART_CHARS = 256 * 1024;
/** The bound on a snapshot, in parts. What is larger is not kept, and is made from the log at each start. */
const PARTS_MAX = 256;

/**
 * Of each name two snapshots lie side by side: in a rolling deployment two builds keep one each. A third one
 * takes the place of the older.
 */
export const places = [0, 1] as const;
export type Place = (typeof places)[number];

export const partKey = (name: string, slot: number, part: number): string => `part.${name}.${slot}.${part}`;
export const manifestKey = (name: string, place: Place = 0): string =>
  place === 0 ? `manifest.${name}` : `manifest-${place}.${name}`;
/** The slots of a place: of the one that is in force, and of the next one. */
export const slotsOf = (place: Place): readonly [number, number] => [2 * place, 2 * place + 1];

/** The names that a bucket with these keys holds a snapshot of. */
export const namesIn = (keys: readonly string[]): string[] =>
  [
    ...new Set(
      keys.filter((key) => key.startsWith('manifest')).map((key) => key.slice(key.indexOf('.') + 1)),
    ),
  ].sort();

/** The names: of an entity, and of what a process knows from the whole log. */
export const ownLogName = 'own-log';
export const entityName = (entityType: string, entityId: string): string =>
  `entity.${entityType}.${entityId}`;

/** The manifest as it stands; `undefined` for one of another format. */
export function readManifest(text: string): Manifest | undefined {
  try {
    const manifest = JSON.parse(text) as Manifest;
    return manifest.v === 1 && manifest.parts <= PARTS_MAX ? manifest : undefined;
  } catch {
    return undefined;
  }
}

/** A snapshot's text in parts; `undefined` when it is too large. */
export function partsOf(
  data: unknown,
  partsMax = PARTS_MAX,
): { readonly parts: string[]; readonly digest: string } | undefined {
  const text = JSON.stringify(data);
  if (text.length > partsMax * PART_CHARS) return undefined;
  const parts = Array.from({ length: Math.ceil(text.length / PART_CHARS) }, (_, i) =>
    text.slice(i * PART_CHARS, (i + 1) * PART_CHARS),
  );
  return { parts, digest: hash(text) };
}

/** What the parts make together, if it is what was written. */
export function dataOf(parts: readonly string[], digest: string): unknown {
  const text = parts.join('');
  return hash(text) === digest ? (JSON.parse(text) as unknown) : undefined;
}

/**
 * Whether JSON gives back exactly this: no class, no Map, no Date, no `undefined` under a name, no number
 * that JSON lacks. A state that is not plain has no snapshot rather than a wrong one.
 */
export function isPlain(value: unknown): boolean {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return true;
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (Array.isArray(value)) return value.every(isPlain);
  if (typeof value !== 'object') return false;
  const made = Object.getPrototypeOf(value) as unknown;
  return (made === Object.prototype || made === null) && Object.values(value).every(isPlain);
}
