export { type DoorOptions, openDoor, traceparentOf } from './door.ts';
export { keyReused, requestKeyOf } from './idempotency.ts';
export { Problem, readStrictly } from './problem.ts';
