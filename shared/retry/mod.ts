export { backoffMs, type BackoffParts, JITTER } from './backoff.ts';
