import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { messageOf } from '@refrain/errors';
import { z } from 'zod';
import { UsageError } from '../cli/errors.ts';
import type { Description } from './description.ts';

/** Where the contracts of this checkout are kept as they were last accepted. */
export const lockFile = join(resolve(import.meta.dirname, '../..'), 'contracts.lock.json');

const names = z.array(z.string());
/** What is compared of a JSON Schema has its form; the rest is only kept. */
const schema: z.ZodType = z.lazy(() =>
  z.looseObject({
    required: names.optional(),
    enum: z.array(z.unknown()).optional(),
    anyOf: z.array(schema).optional(),
    oneOf: z.array(schema).optional(),
    properties: z.record(z.string(), schema).optional(),
  }),
);
const text = z.record(z.string(), z.string());
const retry = z.strictObject({ attempts: z.int(), firstDelayMs: z.number(), maxDelayMs: z.number() });
const effect = z.looseObject({
  after: z.string(),
  dependency: z.string(),
  steps: names,
  timeoutMs: z.number(),
  repeat: z.looseObject({ kind: z.enum(['keyed', 'unsafe']) }),
  retry,
  failures: z.record(z.string(), z.looseObject({ class: z.string(), happened: z.enum(['no', 'unknown']) })),
});
const versions = { version: z.int().positive(), versions: z.record(z.string(), schema) };
const versioned = z.strictObject(versions);
const service = z.strictObject({
  entities: z.record(
    z.string(),
    z.strictObject({ id: z.string().optional(), fixedId: z.string().optional() }),
  ),
  events: z.record(z.string(), z.strictObject({ entity: z.string(), ...versions })),
  undoneBy: text,
  waits: names,
  pivots: names,
  effects: z.record(z.string(), effect),
  hears: names,
  deadlines: names,
  outsiders: z
    .record(z.string(), z.strictObject({ tells: z.record(z.string(), versioned), hears: names }))
    .default({}),
  told: names.default([]),
});

const lock = z.strictObject({
  v: z.literal(1),
  services: z.record(z.string(), service),
  accepted: z.array(z.strictObject({ on: z.string(), reason: z.string(), changes: names })),
});

/** What is kept: the contracts, and why each change of them was accepted. */
export interface ContractsLock {
  readonly v: 1;
  readonly services: Description;
  /** Oldest first. `on`: the day, UTC. */
  readonly accepted: readonly {
    readonly on: string;
    readonly reason: string;
    readonly changes: readonly string[];
  }[];
}

/** `undefined` where there is no such file. @throws UsageError for a file that is no lock. */
export function readLock(file: string): ContractsLock | undefined {
  if (!existsSync(file)) return undefined;
  const wrong = (problem: string): UsageError =>
    new UsageError(
      `${file} is no lock of contracts: ${problem}. Nothing was compared and nothing was changed. ` +
        'Bring back the file as it was committed (git checkout), or name the right one with --lock.',
    );
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw wrong(messageOf(error).replaceAll('\n', ' '));
  }
  const parsed = lock.safeParse(json);
  if (!parsed.success) throw wrong(z.prettifyError(parsed.error).replaceAll('\n', ' '));
  return parsed.data as unknown as ContractsLock;
}

/** Whole or not at all. @throws UsageError where it cannot be written. */
export function writeLock(file: string, value: ContractsLock): void {
  try {
    writeFileSync(`${file}.next`, `${JSON.stringify(value, undefined, 2)}\n`);
    renameSync(`${file}.next`, file);
  } catch (error) {
    throw new UsageError(`${file} cannot be written: ${messageOf(error)}. Nothing was accepted.`);
  }
}
