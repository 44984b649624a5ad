export type { Change } from './bucket.ts';
export type { Status } from './desk.ts';
