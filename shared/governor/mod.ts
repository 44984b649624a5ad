export { type Conditions, decide, type Decided, resume } from './decide.ts';
export { createGate, SHARE_MS, SILENT_MS } from './gate.ts';
export type {
  CallKind,
  Gate,
  Governing,
  GovernorStore,
  HoldReason,
  Kept,
  Leave,
  Listening,
  Reports,
} from './ports.ts';
export { defaultPolicy, type Policy, policy, type StoredPolicy, storedPolicy } from './policy.ts';
export {
  type CallOutcome,
  type DependencyCounts,
  dependencyCounts,
  type LoadSignals,
  loadSignals,
  nothingCounted,
  type Report,
  report,
} from './report.ts';
export {
  ABSENT_MS,
  type Counts,
  createWindow,
  DEPENDENCIES_MAX,
  type DependencySeen,
  INSTANCES_MAX,
  type InstanceSeen,
  type Seen,
  type Window,
  WINDOW_S,
} from './window.ts';
export { type Pin, pin, type Share, share, type Word, type WordKind, word, wordKinds } from './word.ts';
