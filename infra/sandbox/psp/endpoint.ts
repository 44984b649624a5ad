import { z } from 'zod';
import type { Form } from './form.ts';
import { invalidRequest } from './stripe-fault.ts';

/** What an endpoint knows of the request besides its parameters. */
export interface Circumstances {
  /** The id in the path; empty where the path has none. */
  readonly id: string;
  readonly idempotencyKey: string | null;
}

export interface Answer {
  readonly status: number;
  readonly body: object;
}

/**
 * The work of one request, its parameters already found valid. May throw a `StripeFault`; then it has changed
 * nothing.
 */
export type Work = (circumstances: Circumstances) => Answer;

/**
 * Checks the parameters and returns the work; throws a `StripeFault` for what Stripe refuses before it
 * begins.
 */
export type Endpoint = (form: Form) => Work;

export function endpoint<T>(
  parameters: z.ZodType<T>,
  run: (parameters: T, about: Circumstances) => Answer,
): Endpoint {
  return (form) => {
    const read = parameters.safeParse(form);
    if (!read.success) throw refusal(read.error);
    return (about) => run(read.data, about);
  };
}

function refusal(error: z.ZodError): Error {
  const issue = error.issues[0];
  const unknown = issue?.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  if (unknown) {
    return invalidRequest(`Received unknown parameter: ${unknown}`, {
      code: 'parameter_unknown',
      param: unknown,
    });
  }
  const param =
    issue?.path.map((part, index) => (index === 0 ? String(part) : `[${String(part)}]`)).join('') ?? '';
  return invalidRequest(`Invalid ${param}: ${issue?.message}`, { code: 'parameter_invalid', param });
}

/** Minor units: a positive integer of at most eight digits, as Stripe takes it. */
export const amountParameter = z
  .string()
  .regex(/^[1-9]\d{0,7}$/, 'expected a positive integer')
  .transform(Number);
export const metadataParameter = z.record(z.string().max(40), z.string().max(500)).default({});
export const expandParameter = z.array(z.string()).optional();

const seconds = z.coerce.number().int().min(0);
/** `created[gte]` and `created[lte]`, both inclusive, in seconds since 1970. */
export const createdParameter = z
  .strictObject({ gte: seconds.default(0), lte: seconds.default(Number.MAX_SAFE_INTEGER) })
  .default({ gte: 0, lte: Number.MAX_SAFE_INTEGER });
export type CreatedWithin = z.output<typeof createdParameter>;
