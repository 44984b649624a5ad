export { canonicalJson } from './canonical-json.ts';
export {
  type AnyContract,
  type Contract,
  type ContractInfo,
  defineContract,
  type EntityDefinition,
  type EventInfo,
  type EventOf,
  type NameOf,
} from './contract.ts';
export { retryRuleProblem } from './contract-problems.ts';
export {
  type EffectRule,
  type FailureClass,
  type FailureRule,
  type Happened,
  isQuestion,
  keyed,
  outage,
  type Repeat,
  type RetryRule,
  rejected,
  RESERVED_STEPS,
  throttled,
  transient,
  unsafe,
} from './effect-rules.ts';
export {
  type AnyEventType,
  type DomainEvent,
  event,
  type EventDefinition,
  type EventType,
  personal,
  personalPaths,
  type Shape,
  unwritten,
  type Upcasts,
} from './event.ts';
export {
  cause,
  eventIdOf,
  type EventIdParts,
  hash,
  hexOfHash,
  shareOfHash,
  type OperationIdParts,
  operationIdOf,
  orderIdOf,
  partitionOf,
  requestHashOf,
} from './identity.ts';
export { Money } from './money.ts';
export {
  isPlatformEvent,
  PLATFORM_PREFIX,
  type PlatformData,
  type PlatformEventType,
  platformEvents,
} from './platform-events.ts';
export { intakeOf, isIntake, type OutsiderDefinition } from './outsiders.ts';
export { formatTraceparent, parseTraceparent, type Traceparent } from './traceparent.ts';
export {
  noTracing,
  rootTrace,
  type Span,
  type SpanError,
  type SpanFields,
  type SpanMessage,
  type SpanStart,
  traceIdOf,
  traceIdOfFlow,
  type Tracing,
} from './tracing.ts';
