import { RefrainError } from '@refrain/errors';
import { type AppendResult, nameOf, type NewCommit } from '@refrain/event-log';
import { commitHeaders } from './headers.ts';
import { lastOf } from './read.ts';
import { pauseMs, sleep } from './pauses.ts';
import { code, isBusy, isUndecided, refusal, type Refusal } from './refusal.ts';
import { rawHeaders, Unanswered, type Wire } from './wire.ts';

/** How long an append is waited for: one publish, and all of them together. */
export interface AppendOptions {
  /** How long one publish waits for its acknowledgement, in milliseconds. */
  readonly timeoutMs: number;
  /** After this many milliseconds without an answer the append is given up as unknown. */
  readonly giveUpMs: number;
  readonly now: () => number;
  readonly onAppended: (appended: Appended) => void;
}

/** How an append ended. */
export interface Appended {
  readonly result: 'appended' | 'duplicate' | 'conflict' | 'failed';
  /** From the first try to the answer, with all repeats, in milliseconds. */
  readonly ms: number;
  /** How often it was sent again. */
  readonly repeats: number;
}

interface PubAck {
  readonly seq?: number;
  readonly duplicate?: boolean;
  readonly error?: Refusal;
}

/**
 * Appends one commit: the same bytes until the broker answers. A wrong sequence or a duplicate is settled by
 * the leader's last message of the subject: with our id it is ours and stands, with another id somebody went
 * on from there, even if ours was stored before. (One replica checks the sequence first, three check the id
 * first: asking gives the same answer on both.)
 */
export async function append(wire: Wire, commit: NewCommit, options: AppendOptions): Promise<AppendResult> {
  const tried: Tried = { startedAt: performance.now(), tries: 0 };
  let result: Appended['result'] = 'failed';
  try {
    const answer = await untilSettled(wire, commit, options, tried);
    result = answer.outcome === 'conflict' ? 'conflict' : answer.duplicate ? 'duplicate' : 'appended';
    return answer;
  } finally {
    const { startedAt, tries } = tried;
    options.onAppended({ result, ms: performance.now() - startedAt, repeats: Math.max(0, tries - 1) });
  }
}

interface Tried {
  readonly startedAt: number;
  tries: number;
}

async function untilSettled(
  wire: Wire,
  commit: NewCommit,
  options: AppendOptions,
  tried: Tried,
): Promise<AppendResult> {
  const data = Buffer.from(commit.body);
  const headers = rawHeaders(commitHeaders(commit));
  for (;;) {
    tried.tries++;
    let last: string;
    let undecided = false;
    try {
      const ack = JSON.parse(
        (await wire.request(commit.subject, data, options.timeoutMs, headers)).string(),
      ) as PubAck;
      if (ack.seq !== undefined && !ack.error && !ack.duplicate)
        return { outcome: 'appended', seq: ack.seq, at: options.now(), duplicate: false };
      if (!ack.error || ack.error.err_code === code.wrongLastSequence)
        return await settle(wire, commit, options);
      last = ack.error.description;
      undecided = isUndecided(ack.error);
      if (!undecided && !isBusy(ack.error)) throw refusal(`a commit of ${nameOf(commit.entity)}`, ack.error);
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      last = error.silence;
    }
    const ms = Math.round(performance.now() - tried.startedAt);
    if (ms >= options.giveUpMs)
      throw new RefrainError('RF_APPEND_UNKNOWN', { entity: nameOf(commit.entity), ms, last });
    await sleep(undecided ? 5 + Math.random() * 45 : pauseMs(tried.tries));
  }
}

async function settle(wire: Wire, commit: NewCommit, options: AppendOptions): Promise<AppendResult> {
  const last = await lastOf(wire, commit.entity, options.timeoutMs);
  if (last?.commitId !== commit.id) return { outcome: 'conflict' };
  return { outcome: 'appended', seq: last.seq, at: options.now(), duplicate: true };
}
