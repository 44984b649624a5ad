export { type BoundReport, checkChoreography, type CheckOptions, type CheckReport } from './check.ts';
export { contractFindings } from './contract-checks.ts';
export type { Counterexample, Finding, Rule, StoryStep } from './finding.ts';
export { storedNames } from './stored-names.ts';
export type {
  CheckedService,
  Invariant,
  OperationSeen,
  Request,
  Scenario,
  View,
  World,
} from './world.ts';
