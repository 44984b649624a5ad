import { type ContractInfo, type EffectRule, type PlatformData, isQuestion } from '@refrain/contract-kit';
import type { Commit, RecordedEvent } from '@refrain/event-log';
import { type RecordedCall, type RecordedOperation, retryAfterOf } from '@refrain/retry';
import { effectAfter, HORIZON_SHARE, parseOutcome } from '@refrain/runtime';

/** An operation that failed, as it stands on record. */
export interface FailedOperation extends RecordedOperation {
  readonly effect: string;
  /** The flow, which is the order. */
  readonly flow: string;
  readonly entity: string;
  readonly end: 'answered' | 'gave up' | 'open';
  /** When its outcome was recorded; missing for an open one. */
  readonly endAt?: number | undefined;
}

/** Why an operation is left out: another rule does not say how it would have gone. */
export type LeftOut = 'the provider was asked what became of it' | 'a person spoke' | 'a defect of ours';

/** What is on record of the calls of a service. */
export interface Incident {
  readonly operations: readonly FailedOperation[];
  /** Every call's answer, by effect. */
  readonly calls: ReadonlyMap<string, readonly RecordedCall[]>;
  readonly leftOut: ReadonlyMap<LeftOut, number>;
  /** Attempts that the governor's word held, of the operations here. */
  readonly held: number;
}

interface Draft {
  readonly id: string;
  readonly effect: string;
  readonly flow: string;
  readonly entity: string;
  readonly at: number;
  rule?: RecordedOperation['rule'];
  calls: RecordedCall[];
  leftOut?: LeftOut;
  end: FailedOperation['end'];
  endAt?: number;
  held: number;
}

type Failed = PlatformData<'refrain.AttemptFailed'>;

/**
 * Gathers the calls of a service from its log. Keeps what failed, and the time of every answer: some twenty
 * bytes for a call that did not fail.
 */
export class IncidentReader {
  readonly #contract: ContractInfo;
  readonly #drafts = new Map<string, Draft>();
  readonly #calls = new Map<string, RecordedCall[]>();

  constructor(contract: ContractInfo) {
    this.#contract = contract;
  }

  add(commit: Commit): void {
    for (const event of commit.body().events) this.#take(event, commit);
  }

  #take(event: RecordedEvent, { entity, at }: Commit): void {
    const effect = event.operation === undefined ? undefined : effectAfter(this.#contract, event.type);
    this.#answered(event, at);
    if (event.operation === undefined || effect === undefined) return this.#spoken(event, at);
    const name = `${entity.entityType}/${entity.entityId}`;
    const { operation: id, correlation: flow } = event;
    this.#drafts.set(id, { id, effect, flow, entity: name, at, calls: [], end: 'open', held: 0 });
  }

  /** What the platform recorded of a call, or a person said about it. */
  #spoken({ type, data }: RecordedEvent, at: number): void {
    const draft = this.#drafts.get((data as { operation?: string }).operation ?? '');
    if (!draft || draft.end !== 'open') return;
    if (type === 'refrain.AttemptFailed') return this.#failed(draft, data as Failed, at);
    if (type === 'refrain.Held') draft.held++;
    if (type === 'refrain.Defect') draft.leftOut = 'a defect of ours';
    if (type === 'refrain.Verdict' || type === 'refrain.RetryRequested' || type === 'refrain.CancelRequested')
      draft.leftOut = 'a person spoke';
  }

  #failed(draft: Draft, failed: Failed, at: number): void {
    // A question, or a stored failure that leads to one: how often is asked does not follow from the rule.
    if (isQuestion(failed.step) || failed.replayed)
      return void (draft.leftOut = 'the provider was asked what became of it');
    const isOutage = failed.class === 'outage';
    const { rule, n: attempt, delayMs, delayBy } = failed;
    const paced = isOutage ? { ...rule, firstDelayMs: rule.maxDelayMs } : rule;
    const asked = { rule: paced, operationId: draft.id, attempt, delayMs };
    const retryAfterMs = delayBy === 'retry-after' ? retryAfterOf(asked) : undefined;
    const call = { at, failure: failed.failure, isOutage, retryAfterMs };
    draft.rule ??= rule;
    draft.calls.push(call);
    this.#call(draft.effect, call);
  }

  #answered({ cause }: RecordedEvent, at: number): void {
    const outcome = parseOutcome(cause);
    const draft = outcome && this.#drafts.get(outcome.operation);
    if (!outcome || !draft || draft.end !== 'open' || this.#isFailure(draft, outcome.verdict)) return;
    if (draft.leftOut === undefined && (outcome.verdict === 'happened' || outcome.verdict === 'not-happened'))
      draft.leftOut = 'the provider was asked what became of it';
    draft.endAt = at;
    draft.end = outcome.verdict === 'gave-up' ? 'gave up' : 'answered';
    if (draft.end === 'answered') this.#call(draft.effect, { at });
    if (draft.calls.length === 0 && draft.leftOut === undefined) this.#drafts.delete(draft.id);
  }

  /** Of a failed attempt and of one that was held there is an outcome too, which ends nothing. */
  #isFailure({ effect }: Draft, verdict: string): boolean {
    const failure = this.#contract.effects[effect]?.failures[verdict];
    return (
      verdict === 'held' || verdict === 'not_sent' || (failure !== undefined && failure.class !== 'rejected')
    );
  }

  #call(effect: string, call: RecordedCall): void {
    const calls = this.#calls.get(effect);
    if (calls) calls.push(call);
    else this.#calls.set(effect, [call]);
  }

  incident(): Incident {
    const leftOut = new Map<LeftOut, number>();
    const operations: FailedOperation[] = [];
    let held = 0;
    for (const draft of this.#drafts.values()) {
      if (draft.leftOut !== undefined) leftOut.set(draft.leftOut, (leftOut.get(draft.leftOut) ?? 0) + 1);
      const [first, ...more] = draft.calls;
      if (draft.leftOut !== undefined || !first || !draft.rule) continue;
      const { id: operationId, effect, flow, entity, rule, end, endAt, at } = draft;
      held += draft.held;
      const callsUntil = horizonOf(this.#contract.effects[effect], at);
      operations.push({
        operationId,
        effect,
        flow,
        entity,
        rule,
        end,
        endAt,
        calls: [first, ...more],
        ...(callsUntil !== undefined && { callsUntil }),
      });
    }
    return { operations, calls: this.#calls, leftOut, held };
  }
}

/** From when on a keyed effect is called no more. */
function horizonOf(rule: EffectRule | undefined, intentAt: number): number | undefined {
  if (rule?.repeat.kind !== 'keyed') return undefined;
  return intentAt + rule.repeat.horizonMs * HORIZON_SHARE - rule.timeoutMs;
}
