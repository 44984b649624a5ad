import { type ErrorCode, isRefrainError, type RefrainError } from '@refrain/errors';
import type { z } from 'zod';

interface ProblemDetails {
  /** HTTP status. */
  readonly status: number;
  /** Stable; `urn:refrain:problem:<type>` is what callers see and may lean on. */
  readonly type: string;
  readonly title: string;
  /** For people: what happened, what was not done, what to do. */
  readonly detail: string;
  /** Each thing that is wrong, with the place it is at. */
  readonly errors?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that is an error, as RFC 9457 describes it. Thrown by a handler, it is what the caller gets. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly about: ProblemDetails;

  constructor(about: ProblemDetails) {
    super(about.detail);
    this.about = about;
  }

  toJSON(): object {
    const { type, title, status, detail, errors } = this.about;
    return { type: `urn:refrain:problem:${type}`, title, status, detail, ...(errors && { errors }) };
  }
}

/**
 * Reads `input` by the schema. @throws Problem 400 `<what>-invalid` that tells all that is wrong at once.
 */
export function readStrictly<T>(schema: z.ZodType<T>, input: unknown, what: string): T {
  const read = schema.safeParse(input);
  if (read.success) return read.data;
  const errors = read.error.issues.map(({ path, message }) => `${path.join('.') || '(all)'}: ${message}`);
  const detail = `The ${what} was not understood, and nothing was done. ${errors.join('. ')}.`;
  throw new Problem({ status: 400, type: `${what}-invalid`, title: `Invalid ${what}`, detail, errors });
}

/** What passes by itself, and what is known of the request then. */
const unavailable: Partial<Record<ErrorCode, string>> = {
  RF_STOPPING: 'Nothing was recorded.',
  RF_BUSY: 'Nothing was recorded.',
  RF_APPEND_CONFLICT: 'Nothing was recorded.',
  RF_UNREACHABLE: 'Nothing was recorded.',
  RF_APPEND_UNKNOWN: 'It may have been recorded.',
};

function ofRefrain(error: RefrainError): Problem | undefined {
  const known = unavailable[error.code];
  if (known !== undefined) {
    const detail = `The service cannot take it now. ${known} Send the same request again, it is safe.`;
    const headers = { 'retry-after': '1' };
    return new Problem({ status: 503, type: 'unavailable', title: 'Not available now', detail, headers });
  }
  if (error.code === 'RF_COMMIT_TOO_LARGE') {
    const detail = 'What was asked for is too large to be recorded. Nothing was done.';
    return new Problem({ status: 413, type: 'body-too-large', title: 'Too large', detail });
  }
  if (error.code === 'RF_DESK_UNKNOWN')
    return new Problem({ status: 404, type: 'unknown', title: 'Not known here', detail: error.message });
  if (error.code === 'RF_DESK_REFUSED')
    return new Problem({ status: 409, type: 'refused', title: 'Refused', detail: error.message });
  return undefined;
}

/** What the door itself refuses, by the code of fastify's error. */
const ofTheDoor: Readonly<Record<string, Omit<ProblemDetails, 'detail'>>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { status: 415, type: 'media-type-refused', title: 'JSON only' },
  FST_ERR_CTP_BODY_TOO_LARGE: { status: 413, type: 'body-too-large', title: 'Too large' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: { status: 400, type: 'body-invalid', title: 'Invalid body' },
  FST_ERR_CTP_INVALID_JSON_BODY: { status: 400, type: 'body-invalid', title: 'Invalid body' },
  FST_ERR_CTP_EMPTY_JSON_BODY: { status: 400, type: 'body-invalid', title: 'Invalid body' },
};

/** What a caller is told of an error, or `undefined` for a defect of ours. */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  if (isRefrainError(error)) return ofRefrain(error);
  const { code = '', message } = error as { code?: string; message: string };
  const known =
    ofTheDoor[code] ??
    (error instanceof SyntaxError ? ofTheDoor['FST_ERR_CTP_INVALID_JSON_BODY'] : undefined);
  return known && new Problem({ ...known, detail: `${message}. Nothing was done.` });
}

/** What a caller is told of a defect of ours: that there is one, and nothing of our inside. */
export const defect = (): Problem =>
  new Problem({
    status: 500,
    type: 'defect',
    title: 'A defect of ours',
    detail:
      'Something went wrong here. The log of the service says what. The same request may be sent again.',
  });
