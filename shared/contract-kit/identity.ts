import * as crypto from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

function base32(bytes: string, length: number): string {
  let text = '';
  let bits = 0;
  let held = 0;
  for (let i = 0; i < length; i++) {
    held = (held << 8) | bytes.charCodeAt(i);
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += ALPHABET[(held >> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  return bits > 0 ? text + ALPHABET[(held << (5 - bits)) & 31] : text;
}

/** A character for each byte: Node makes a string of a digest several times as fast as a buffer. */
const digest = (parts: readonly string[]): string => crypto.hash('sha256', JSON.stringify(parts), 'binary');

/**
 * The name of everything that must be the same on a repeat: the first 128 bits of SHA-256 over the JSON array
 * of `parts`, in lower-case RFC 4648 base32 without padding (26 characters). STORED FORMAT.
 */
export const hash = (...parts: string[]): string => base32(digest(parts), 16);

/**
 * `00` to `63`: the first 6 bits of the hash of the entity's id. Costs nothing now and is what scale-out
 * needs.
 */
export const partitionOf = (entityId: string): string =>
  String(digest([entityId]).charCodeAt(0) >> 2).padStart(2, '0');

/** A share in [0, 1) that follows from a hash: its first 30 bits, six characters. */
export function shareOfHash(text: string): number {
  let value = 0;
  for (let i = 0; i < 6; i++) value = value * 32 + ALPHABET.indexOf(text.charAt(i));
  return value / 2 ** 30;
}

/** The 128 bits of a 26-character hash as 32 hex digits: the W3C trace id of a flow is its correlation id. */
export function hexOfHash(text: string): string {
  let hex = '';
  let bits = 0;
  let held = 0;
  for (const char of text) {
    held = ((held << 5) | Math.max(0, ALPHABET.indexOf(char))) & 0x1ff;
    bits += 5;
    for (; bits >= 4; bits -= 4) hex += ((held >> (bits - 4)) & 15).toString(16);
  }
  return hex.slice(0, 32).padStart(32, '0');
}

/** What names an event: its entity, and why it was decided. */
export interface EventIdParts {
  readonly platformId: string;
  readonly service: string;
  readonly entityType: string;
  readonly entityId: string;
  readonly cause: string;
  readonly reaction: string;
  readonly type: string;
  /** How many events of this type the same decision recorded before this one. */
  readonly index: number;
}

/** The id of an event: the same cause gives the same ids, however often it is handled. STORED FORMAT. */
export const eventIdOf = (p: EventIdParts): string =>
  hash(p.platformId, p.service, p.entityType, p.entityId, p.cause, p.reaction, p.type, String(p.index));

/** What names an operation: its entity and effect, and which one it is. */
export interface OperationIdParts {
  readonly platformId: string;
  readonly service: string;
  readonly entityType: string;
  readonly entityId: string;
  readonly effect: string;
  /** How many intents of this effect the entity had before: the id names what is done, not why. */
  readonly ordinal: number;
}

/** The id of an operation, which goes to the provider. STORED FORMAT. */
export const operationIdOf = (p: OperationIdParts): string =>
  hash(p.platformId, p.service, p.entityType, p.entityId, p.effect, String(p.ordinal));

/** The id of a flow's root: the same client and key give the same order, for ever. */
export const orderIdOf = (p: { platformId: string; client: string; idempotencyKey: string }): string =>
  hash(p.platformId, 'order', p.client, p.idempotencyKey);

/** Why a decision was made. STORED FORMAT. */
export const cause = {
  event: (eventId: string): string => `event:${eventId}`,
  outcome: (operationId: string, attempt: number, verdict: string): string =>
    `outcome:${operationId}:${attempt}:${verdict}`,
  deadline: (entityType: string, entityId: string, name: string): string =>
    `deadline:${entityType}/${entityId}:${name}`,
  request: (client: string, key: string): string => `request:${hash(client, key)}`,
  /**
   * In plain words, so that whoever told it knows its own by it. A colon of the source is written `%3A`, a
   * `%` as `%25`: where it ends can be told.
   */
  told: (outsider: string, source: string, id: string): string =>
    `told:${outsider}:${source.replaceAll('%', '%25').replaceAll(':', '%3A')}:${id}`,
  start: (operationId: string, attempt: number, runner: string): string =>
    `start:${operationId}:${attempt}:${runner}`,
  /** The provider did it, and the log did not know of it: `ref` is the provider's name for it. */
  found: (operationId: string, ref: string): string => `found:${operationId}:${ref}`,
  /** What lies there could not be read, so nobody knows what it said. */
  unreadable: (stream: string, seq: number): string => `unreadable:${stream}:${seq}`,
} as const;

/** The hash of a validated request body; the order of lists is kept. */
export const requestHashOf = (body: unknown): string => hash(canonicalJson(body));
