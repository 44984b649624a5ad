import { Bug, type ErrorCode, isRefrainError } from '@refrain/errors';
import { Undecidable } from './decision.ts';

/** How long what a newer build has written waits before it is looked at again, in milliseconds. */
export const NEWER_DELAY_MS = 5_000;

/** What will go wrong again however often it is tried: it becomes a dead letter. */
const OURS: readonly ErrorCode[] = [
  'RF_COMMIT_TOO_LARGE',
  'RF_ENTITY_ID',
  'RF_EVENT_INVALID',
  'RF_COMMIT_INVALID',
  'RF_TOLD_INVALID',
  'RF_SERVICE',
];

/** What a newer build knows and this one does not. */
const NEWER: readonly ErrorCode[] = ['RF_EVENT_NEWER', 'RF_EVENT_UNKNOWN'];

/** What passes by itself, and soon. */
const PASSING: readonly ErrorCode[] = [
  'RF_APPEND_CONFLICT',
  'RF_APPEND_UNKNOWN',
  'RF_UNREACHABLE',
  'RF_OPERATION_MISSING',
];

const isOneOf = (error: unknown, codes: readonly ErrorCode[]): boolean =>
  isRefrainError(error) && codes.includes(error.code);

/**
 * A mistake of ours, in a decision or in what it decides about. Everything else is the world's and passes.
 */
export const isDefect = (error: unknown): boolean =>
  error instanceof Undecidable || error instanceof Bug || isOneOf(error, OURS);

/** The pause after a conflict or a silent broker, in milliseconds: 50 to 250. */
export const conflictPauseMs = (chance: () => number): number => 50 + Math.floor(chance() * 200);

/** How long work that met trouble rests before it is tried again, in milliseconds. */
export function pauseMsAfter(error: unknown, chance: () => number): number {
  if (isOneOf(error, NEWER)) return NEWER_DELAY_MS;
  return isOneOf(error, PASSING) ? conflictPauseMs(chance) : 1_000 + Math.floor(chance() * 1_000);
}
