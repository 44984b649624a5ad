export { eventLogSuite } from './event-log-suite.ts';
export {
  type EventLogSuiteOptions,
  type LogBench,
  type LogInstance,
  SUITE_ACK_WAIT_MS,
  suiteTopology,
} from './event-log-suite-bench.ts';
export { given } from './given.ts';
export type { LawSubject, Success } from './law-subject.ts';
export { governorSuite } from './governor-suite.ts';
export {
  type GovernorBench,
  type GovernorInstance,
  type GovernorSuiteOptions,
  reportOf,
  wordOn,
} from './governor-suite-bench.ts';
export { lawsOf } from './laws.ts';
export { readSamples } from './laws-replay.ts';
export { MemoryHandle } from './memory-handle.ts';
export type { Arrival, Story } from './story.ts';
