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
  type ServiceDefinition,
  service,
} from './definition.ts';
export { EntityState } from './entity-state.ts';
export type { Executed, Origin, ReadModel, ServiceHandle } from './handle.ts';
export { type HostOptions, ServiceHost } from './host.ts';
export { type Action, HORIZON_SHARE, nextAction, type Situation } from './next-action.ts';
export { dueAtOf, OpenOperations } from './open-operations.ts';
export {
  type FailedAttempt,
  foldOperations,
  type Operation,
  type Operations,
  type OperationStatus,
  parseOutcome,
} from './operations.ts';
export {
  type Chance,
  type Fields,
  type Log,
  noTracing,
  type Ports,
  type Span,
  silentLog,
  type Tracing,
} from './ports.ts';
export { type Attributes, type MetricName, type Metrics, metricCatalogue, noMetrics } from './metrics.ts';
export { type EntityKind, INTAKE, type Registry, registryOf } from './registry.ts';
export { topologyOf } from './topology.ts';
export { rootTrace, traceIdOf } from './trace-context.ts';
