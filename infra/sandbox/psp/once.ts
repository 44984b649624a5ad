import type { Answer, Work } from './endpoint.ts';
import { type KeyRecord, type Keys, refuseOtherUse } from './keys.ts';
import type { Fate } from './psp-calls.ts';
import type { Settlement } from './settlement.ts';
import { invalidRequest, keyInUse, serverError, StripeFault } from './stripe-fault.ts';

/** What a call comes to: its answer, and how the answer travels. */
export interface Outcome {
  readonly fate: Fate;
  readonly status: number;
  /** The answer's text. */
  readonly answer: string;
  readonly headers?: Record<string, string>;
  /** True where the work was done now, so the key is in use until the answer is out. */
  readonly worked?: boolean;
}

export interface KeyedRequest {
  readonly key: string;
  readonly path: string;
  readonly body: string;
}

interface Desk {
  readonly keys: Keys;
  readonly now: () => number;
  /** Keys whose first answer is still on its way. */
  readonly inUse: ReadonlySet<string>;
  readonly settlement: Settlement;
}

interface Plan {
  /** Checks the parameters; throws a `StripeFault` for what is refused before the work begins. */
  readonly prepare: () => Work;
  readonly run: (work: Work) => Outcome;
  /** The fault that strikes the work, if it is to be done. */
  readonly struck: string;
  readonly delayMs: number;
}

export const outcomeOfFault = (fault: StripeFault, fate: Fate): Outcome => ({
  fate,
  status: fault.status,
  answer: JSON.stringify({ error: fault.error }),
});

/** Does the work; a refusal by the endpoint is an answer like any other. */
export function perform(work: () => Answer): Outcome {
  try {
    const { status, body } = work();
    return { fate: status === 402 ? 'declined' : 'ok', status, answer: JSON.stringify(body), worked: true };
  } catch (error) {
    if (error instanceof StripeFault) return { ...outcomeOfFault(error, 'bad_request'), worked: true };
    throw error;
  }
}

/**
 * Answers a request under its key as Stripe does: the first one does the work, and its answer, an error as
 * well, is what every later one gets. Stored is only what the endpoint began: no refusal of the parameters,
 * no conflict, no throttled call.
 */
export function once(request: KeyedRequest, plan: Plan, desk: Desk): Outcome {
  const { key } = request;
  if (key.length > 255) throw invalidRequest('An idempotency key has at most 255 characters.');
  const inProgress = () => outcomeOfFault(keyInUse(key), 'in_progress');
  const seen = desk.keys.find(key);
  if (seen) {
    refuseOtherUse(seen, request);
    const isDue = seen.answer !== null || (seen.dueAtMs ?? 0) <= desk.now();
    return desk.inUse.has(key) || !isDue ? inProgress() : replay(seen, desk);
  }
  const work = plan.prepare();
  if (plan.struck === 'in_progress') {
    desk.keys.put({ ...request, dueAtMs: desk.now() + plan.delayMs, status: null, answer: null });
    return inProgress();
  }
  const outcome =
    plan.struck === 'sticky_500' ? outcomeOfFault(serverError(), 'failed_before') : plan.run(work);
  desk.keys.put({ ...request, dueAtMs: null, status: outcome.status, answer: outcome.answer });
  return outcome;
}

function replay(seen: KeyRecord, { settlement }: Desk): Outcome {
  const { status, answer } = seen.answer === null ? settlement.settle(seen) : seen;
  if (status === null || answer === null) throw new Error(`The key '${seen.key}' has no answer to replay.`);
  return { fate: 'replayed', status, answer, headers: { 'idempotent-replayed': 'true' } };
}
