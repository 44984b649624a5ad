export {
  type Answer,
  type Call,
  type Classified,
  type Deadline,
  deadline,
  type Effect,
  effect,
  type HotEntity,
  on,
  personalPathsOf,
  type Progress,
  type Reaction,
  type Reconcile,
  type ServiceDefinition,
  service,
  type Told,
  told,
} from './definition.ts';
export { Desk, type OperationAsked, type SweepReport } from './desk.ts';
export type { RedriveAsked, RedriveReport } from './desk-letters.ts';
export type { Spoken } from './desk-speech.ts';
export type { LetterView, OperationPlace, OperationView } from './desk-views.ts';
export {
  foldLetters,
  letterKey,
  type LetterOnRecord,
  type LettersOnRecord,
} from './dead-letter-fold.ts';
export type { LetterGroup } from './dead-letter-list.ts';
export { EntityState, knownEvent } from './entity-state.ts';
export type { Executed, Origin, ReadModel, RebuildableModel, ServiceHandle } from './handle.ts';
export { measuredGoverning } from './governing-metrics.ts';
export { ServiceHost } from './host.ts';
export {
  type Imported,
  importedAt,
  importIdOf,
  isPlatformHeld,
  keptRecovery,
  putBack,
  readImport,
  writeImport,
} from './import-record.ts';
export type { HostOptions, SnapshotOptions } from './host-options.ts';
export { type Action, HORIZON_SHARE, nextAction, type Situation } from './next-action.ts';
export type { NewerEvent } from './newer-events.ts';
export { dueAtOf, OpenOperations } from './open-operations.ts';
export {
  type FailedAttempt,
  foldOperations,
  isHeld,
  type Operation,
  type Operations,
  type OperationStatus,
  effectAfter,
  parseFound,
  parseOutcome,
} from './operations.ts';
export { type Chance, type Fields, type Log, type Ports, silentLog } from './ports.ts';
export { attributeValues, type Declared } from './metric-declarations.ts';
export { type Attributes, type MetricName, type Metrics, metricCatalogue, noMetrics } from './metrics.ts';
export { type Matter, matter } from './matters.ts';
export { commandOf } from './reactor.ts';
export type { ReadModels, ReadModelView } from './read-models.ts';
export { type EntityKind, INTAKE, type Registry, registryOf } from './registry.ts';
export {
  entityName,
  manifestKey,
  namesIn,
  ownLogName,
  partKey,
  readManifest,
  type Snapshot,
} from './snapshot.ts';
export { replayOf, saysOf } from './snapshot-replay.ts';
export { manifestOf, readSnapshot } from './snapshot-store.ts';
export { snapshotCode } from './snapshotting.ts';
export { effectDurable, topologyOf } from './topology.ts';
export type { Act } from './found-acts.ts';
export { lostSince, type Recovery, type TimeSpan } from './lost-tail.ts';
export {
  type Found,
  type Parked,
  readRecovery,
  readReport,
  recoveryIdOf,
  type RecoveryReport,
} from './recovery-record.ts';
export {
  lastSignOfLife,
  type RecoveryAsked,
  type Rewound,
  rewind,
  type RewindResult,
} from './rewind.ts';
