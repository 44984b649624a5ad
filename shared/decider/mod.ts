export {
  type AnyDecider,
  type Command,
  type Decider,
  type DeciderDefinition,
  defineDecider,
} from './decider.ts';
