import { canonicalJson } from '@refrain/contract-kit';

/** Whether two values are equal, whatever the order of their members; what is missing equals null. */
export const same = (a: unknown, b: unknown): boolean =>
  canonicalJson(a ?? null) === canonicalJson(b ?? null);

/** A value as a person reads it in a line. */
export const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));
