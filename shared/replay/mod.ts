export { type Decisions, decisionsOf, type ReadableLog, readingOf } from './decisions.ts';
export { type FieldChange, fieldChanges, isSame } from './fields.ts';
export type { ToldEvent } from './judge.ts';
export type { NotDecided } from './plan.ts';
export { type Asked, replayLog } from './replay-log.ts';
export { Replay, type ReplayOptions } from './replay.ts';
export type { Difference, ReplayReport } from './report.ts';
