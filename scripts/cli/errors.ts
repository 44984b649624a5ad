import { isRefrainError, messageOf } from '@refrain/errors';

/** What a command's exit code says. Stable: scripts and CI branch on it. */
export const exit = { fine: 0, finding: 1, usage: 2, unreachable: 3 } as const;

/**
 * The user asked for something that cannot be meant: one line says what, what was expected, and what was
 * not done.
 */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const codeOf: Readonly<Record<string, number>> = {
  RF_CONFIG: exit.usage,
  RF_SERVICE: exit.usage,
  RF_SERVICE_LOAD: exit.usage,
  RF_TOPOLOGY_FILE: exit.usage,
  RF_TOPOLOGY_PLAN: exit.usage,
  RF_UNREACHABLE: exit.unreachable,
  RF_ANSWER_UNKNOWN: exit.unreachable,
  RF_BROKER_TOO_OLD: exit.unreachable,
  RF_BROKER_REFUSED: exit.unreachable,
  RF_TOPOLOGY: exit.unreachable,
  RF_DURABLE_BUSY: exit.unreachable,
  RF_LOG_UNAVAILABLE: exit.unreachable,
  RF_APPEND_UNKNOWN: exit.unreachable,
  RF_STOPPING: exit.unreachable,
  RF_IMPORT_UNFINISHED: exit.unreachable,
};

export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return exit.usage;
  return isRefrainError(error) ? (codeOf[error.code] ?? exit.finding) : exit.finding;
}

/** Why a request had no answer: `fetch` itself says only that it failed, its cause says why. */
export const whyUnanswered = (error: unknown): string =>
  messageOf(error instanceof Error ? (error.cause ?? error) : error);
