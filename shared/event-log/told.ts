import { cause as causes, parseTraceparent } from '@refrain/contract-kit';
import { RefrainError } from '@refrain/errors';
import { z } from 'zod';
import type { CommitBody } from './commit.ts';
import { type Entity, streamOf } from './entity.ts';

/** The bound on a message of an outsider, in bytes: the broker refuses a larger one. */
export const TOLD_BYTES_MAX = 64 * 1024;

/** Visible ASCII: it stands in causes, as text. */
const name = z.string().regex(/^[\x21-\x7e]{1,255}$/, 'expected 1 to 255 visible ASCII characters');

/** What is read of it. Other attributes may be there; nothing depends on them. */
const Told = z.object({
  specversion: z.literal('1.0'),
  id: name,
  source: name,
  type: name,
  dataversion: z.int().positive().default(1),
  traceparent: z.string().optional(),
  data: z.unknown(),
});

/** Whose message it is, where it lies in the intake. The broker has checked who published it. */
export const outsiderOf = (source: string, subject: string, seq: number): Entity => ({
  service: source,
  entityType: subject.slice(source.length + 1),
  entityId: String(seq),
});

/**
 * Reads what an outsider told: one CloudEvent, structured, as JSON. Its cause follows from its `source` and
 * `id`, which CloudEvents wants to be unique together: told again, it is the same. It has no id of ours yet.
 * @throws RF_TOLD_INVALID saying what is wrong with it.
 */
export function decodeTold(text: string, at: { source: string; outsider: string; seq: number }): CommitBody {
  const invalid = (problem: string): RefrainError =>
    new RefrainError('RF_TOLD_INVALID', { stream: streamOf(at.source), seq: at.seq, problem });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw invalid('it is no JSON'); // what it holds may be anything, and is for no log
  }
  const parsed = Told.safeParse(json);
  if (!parsed.success)
    throw invalid(`it is no CloudEvent 1.0: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`);
  const { id, source, type, dataversion: version, traceparent, data } = parsed.data;
  const trace = traceparent !== undefined && parseTraceparent(traceparent) ? { trace: traceparent } : {};
  const names = { id: '', cause: causes.told(at.outsider, source, id), reaction: '', correlation: '' };
  return { events: [{ ...names, type, version, ...trace, data }] };
}
