export type { Executed, Origin, ReadModel, ServiceHandle } from './handle.ts';
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
  type Progress,
  type Reaction,
  type ServiceDefinition,
  service,
} from './definition.ts';
