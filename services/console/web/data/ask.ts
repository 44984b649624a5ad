import type { z } from 'zod';
import { problem } from '@refrain/console/api';

const answerMsMax = 20_000;

/** What the console's server answered instead of what was asked for. */
export class Refused extends Error {
  override name = 'Refused';
  readonly status: number;
  /** Each thing that was not understood, where there are several. */
  readonly errors: readonly string[];

  constructor(status: number, message: string, errors: readonly string[] = []) {
    super(message);
    this.status = status;
    this.errors = errors;
  }
}

const unreached =
  'The console’s server does not answer. Is the shop running? Nothing was changed; the page asks again by itself.';

/** Only what is set, as a query. */
export function withQuery(
  path: string,
  query: Readonly<Record<string, string | number | undefined>>,
): string {
  const set = Object.entries(query).flatMap(([key, value]) =>
    value === undefined || value === '' ? [] : [[key, String(value)]],
  );
  return set.length === 0 ? path : `${path}?${new URLSearchParams(set).toString()}`;
}

async function refusalOf(response: Response): Promise<Refused> {
  const said = problem.safeParse(await response.json().catch(() => undefined));
  if (!said.success) return new Refused(response.status, `The console answered ${response.status}.`);
  const { title, detail, errors = [] } = said.data;
  return new Refused(response.status, errors.length > 0 ? errors.join('; ') : detail || title, errors);
}

/**
 * Asks the console's server; the answer is what the schema says, or it throws.
 * @throws Refused for an answer that is a problem, or none within 20 s.
 */
export async function ask<T extends z.ZodType>(
  path: string,
  answer: T,
  init: RequestInit = {},
): Promise<z.output<T>> {
  const signal = AbortSignal.any([AbortSignal.timeout(answerMsMax), ...(init.signal ? [init.signal] : [])]);
  let response: Response;
  try {
    response = await fetch(path, { ...init, signal });
  } catch (error) {
    if (init.signal?.aborted === true) throw error;
    throw new Refused(0, unreached);
  }
  if (!response.ok) throw await refusalOf(response);
  const body: unknown = response.status === 204 ? undefined : await response.json();
  const read = answer.safeParse(body);
  if (read.success) return read.data;
  const [first] = read.error.issues;
  throw new Refused(
    response.status,
    `The console’s server speaks otherwise than this page: ${first?.path.join('.')} ${first?.message}. Load the page again.`,
  );
}

/** The same with a body: what changes something. */
export async function send<T extends z.ZodType>(
  path: string,
  answer: T,
  body: unknown = {},
  method: 'POST' | 'PUT' = 'POST',
): Promise<z.output<T>> {
  const headers = { 'content-type': 'application/json' };
  return await ask(path, answer, { method, headers, body: JSON.stringify(body) });
}
