import { type ErrorCode, isRefrainError, type RefrainError } from '@refrain/errors';
import type { z } from 'zod';
import { wrongValue } from './wrong-value.ts';

// Not imported: an `import` of `node:http` loads Node's whole fetch.
const { maxHeaderSize } = process.getBuiltinModule('node:http');

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
  const read = schema.safeParse(input, { error: wrongValue });
  if (read.success) return read.data;
  const errors = read.error.issues.map(
    ({ path, message }) => `${path.join('.') || `the ${what}`}: ${message}`,
  );
  const detail = `The ${what} cannot be taken as sent, and nothing was done. ${sentences(errors)}`;
  throw new Problem({ status: 400, type: `${what}-invalid`, title: `Invalid ${what}`, detail, errors });
}

/** Each with one full stop. */
const sentences = (texts: readonly string[]): string =>
  texts.map((text) => `${text.replace(/[.\s]+$/, '')}.`).join(' ');

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

/** Largest request body, in bytes: 50 lines of an order take 3 KiB. */
export const BODY_BYTES_MAX = 65_536;

const bodyInvalid = (detail: string): ProblemDetails => ({
  status: 400,
  type: 'body-invalid',
  title: 'Invalid body',
  detail,
});
const notJson = bodyInvalid('The body is not understood: it is not JSON. Nothing was done.');

/** What the door itself refuses, by the code of fastify's error. */
const ofTheDoor: Readonly<Record<string, ProblemDetails>> = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: {
    status: 415,
    type: 'media-type-refused',
    title: 'JSON only',
    detail: 'This door takes bodies with Content-Type: application/json only. Nothing was done.',
  },
  FST_ERR_CTP_BODY_TOO_LARGE: {
    status: 413,
    type: 'body-too-large',
    title: 'Too large',
    detail: `The body is larger than ${BODY_BYTES_MAX} bytes, which is the most. Nothing was done.`,
  },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: bodyInvalid(
    'The body is not as long as Content-Length says. Nothing was done.',
  ),
  FST_ERR_CTP_INVALID_JSON_BODY: notJson,
  FST_ERR_CTP_EMPTY_JSON_BODY: bodyInvalid(
    'The body is empty, and Content-Type says that it is JSON. Nothing was done.',
  ),
  FST_ERR_BAD_URL: {
    status: 400,
    type: 'url-invalid',
    title: 'Invalid URL',
    detail: 'The URL is not understood: its percent-encoding is wrong. Nothing was done.',
  },
  FST_ERR_MAX_PARAM_LENGTH: {
    status: 414,
    type: 'url-too-long',
    title: 'URL too long',
    detail: 'A part of the URL is longer than any id is. Nothing was done.',
  },
};

/** What a caller is told of an error, or `undefined` for a defect of ours. */
export function problemOf(error: unknown): Problem | undefined {
  if (error instanceof Problem) return error;
  if (isRefrainError(error)) return ofRefrain(error);
  const { code = '' } = error as { code?: string };
  const known = ofTheDoor[code] ?? (error instanceof SyntaxError ? notJson : undefined);
  return known && new Problem(known);
}

/** What is told to bytes that are no request, by the code of Node's error. */
export function problemOfBytes(code: string | undefined): Problem {
  if (code === 'HPE_HEADER_OVERFLOW')
    return new Problem({
      status: 431,
      type: 'headers-too-large',
      title: 'Headers too large',
      detail: `URL and headers are larger than ${maxHeaderSize} bytes together. Nothing was done.`,
    });
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return new Problem({
      status: 408,
      type: 'request-timeout',
      title: 'Too slow',
      detail: 'The request did not arrive in time. Nothing was done.',
    });
  return new Problem({
    status: 400,
    type: 'request-invalid',
    title: 'Invalid request',
    detail: 'What arrived is not understood: it is no HTTP/1.1 request. Nothing was done.',
  });
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
