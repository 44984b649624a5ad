export { catalogue, type ErrorCode } from './catalogue.ts';
export { Bug, isRefrainError, messageOf, RefrainError } from './refrain-error.ts';
