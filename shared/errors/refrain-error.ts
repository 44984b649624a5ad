import { catalogue, type ErrorCode } from './catalogue.ts';

type Details = Readonly<Record<string, string | number>>;

/**
 * An operating or configuration error: its code names an entry of the catalogue, its message is that entry
 * filled in.
 */
export class RefrainError extends Error {
  override readonly name = 'RefrainError';
  readonly code: ErrorCode;
  readonly details: Details;

  constructor(code: ErrorCode, details: Details, options?: ErrorOptions) {
    const text = catalogue[code].message.replaceAll(/\{(\w+)\}/g, (_, key: string) =>
      String(details[key] ?? `{${key}}`),
    );
    super(`${code}: ${text} docs/errors.md#${code.toLowerCase()}`, options);
    this.code = code;
    this.details = details;
  }
}

/** Whether it is an error of the catalogue, and where `code` is given, that one. */
export const isRefrainError = (error: unknown, code?: ErrorCode): error is RefrainError =>
  error instanceof RefrainError && (code === undefined || error.code === code);

/** A mistake of ours, not of the world: never classified, never retried. */
export class Bug extends Error {
  override readonly name = 'Bug';
}

/** The message of anything that was thrown, without its stack. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
