export { backoffMs, type BackoffParts, JITTER } from './backoff.ts';
export {
  type Course,
  type CourseSum,
  courseUnder,
  ProviderPast,
  type RecordedCall,
  type RecordedOperation,
  retryAfterOf,
  sumOf,
} from './what-if.ts';
