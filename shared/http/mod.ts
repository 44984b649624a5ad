export { type DoorOptions, openDoor } from './door.ts';
export { traceOf } from './request-span.ts';
export { keyReused, requestKeyOf } from './idempotency.ts';
export { Problem, readStrictly } from './problem.ts';
