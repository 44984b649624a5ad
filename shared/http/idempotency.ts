import { z } from 'zod';
import { Problem, readStrictly } from './problem.ts';

type Headers = Readonly<Record<string, unknown>>;

const key = z.string().regex(/^[\x21-\x7e]{1,255}$/, 'expected 1 to 255 visible ASCII characters');
const client = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected 1 to 64 of A-Z a-z 0-9 _ -');

/**
 * Who asks for what: the scope and the key under which a request is one request, however often it is sent.
 * @throws Problem 400 `idempotency-key-missing`, `idempotency-key-invalid` or `client-invalid`.
 */
export function requestKeyOf(headers: Headers): { client: string; idempotencyKey: string } {
  const given = headers['idempotency-key'];
  if (given === undefined || given === '') {
    const detail =
      'The header Idempotency-Key is missing, so a repeat could not be told from a new request. Nothing was done.';
    throw new Problem({
      status: 400,
      type: 'idempotency-key-missing',
      title: 'Idempotency-Key missing',
      detail,
    });
  }
  return {
    client: readStrictly(client, headers['refrain-client'] ?? 'shop', 'client'),
    idempotencyKey: readStrictly(key, given, 'idempotency-key'),
  };
}

/** The same key with another body: one of the two is a mistake, and nobody can say which. */
export const keyReused = (): Problem =>
  new Problem({
    status: 422,
    type: 'idempotency-key-reused',
    title: 'Idempotency-Key used for another body',
    detail: 'This key was sent before with another body. Nothing was done; a new request needs a new key.',
  });
