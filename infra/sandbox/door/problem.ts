import type { z } from 'zod';
import { wrongValue } from './wrong-value.ts';

/** An error as RFC 9457 describes it. `type` is stable: people and tests may lean on it, not on `detail`. */
export class Problem extends Error {
  readonly status: number;
  readonly type: string;
  readonly title: string;
  readonly errors: readonly string[];

  constructor(about: {
    status: number;
    type: string;
    title: string;
    detail: string;
    errors?: readonly string[];
  }) {
    super(about.detail);
    this.status = about.status;
    this.type = `urn:refrain:problem:${about.type}`;
    this.title = about.title;
    this.errors = about.errors ?? [];
  }

  toJSON() {
    const { type, title, status, message: detail, errors } = this;
    return errors.length > 0 ? { type, title, status, detail, errors } : { type, title, status, detail };
  }
}

/** Every issue zod found, each with the place it is at. */
export function issuesOf(error: z.ZodError): string[] {
  return error.issues.map((issue) => `${issue.path.join('.') || '(all)'}: ${issue.message}`);
}

/** Reads `input` by the schema; all that is wrong with it is told at once. */
export function readStrictly<T>(schema: z.ZodType<T>, input: unknown, what: string): T {
  const read = schema.safeParse(input, { error: wrongValue });
  if (read.success) return read.data;
  const errors = issuesOf(read.error);
  const sentences = errors.map((error) => `${error.replace(/[.\s]+$/, '')}.`).join(' ');
  const detail = `The ${what} cannot be taken as sent, and nothing was changed. ${sentences}`;
  throw new Problem({ status: 400, type: `${what}-invalid`, title: `Invalid ${what}`, detail, errors });
}
