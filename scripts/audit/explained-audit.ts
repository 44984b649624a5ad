import { platformEvents } from '@refrain/contract-kit';
import { backoffMs } from '@refrain/retry';
import type { Operation } from '@refrain/runtime';
import type { z } from 'zod';
import type { Findings } from './findings.ts';
import type { PlacedEvent } from './records.ts';

type Failed = z.output<(typeof platformEvents)['refrain.AttemptFailed']>;

/**
 * P5: a failed attempt says by itself what failed, how bad that is, when the next one is due and why then,
 * and what the governor's word was.
 */
export function auditFailure(
  { data, entity, service }: PlacedEvent,
  before: Operation | undefined,
  findings: Findings,
): void {
  const read = platformEvents['refrain.AttemptFailed'].safeParse(data);
  const where = read.success ? `operation ${read.data.operation}` : `${service} ${entity}`;
  const missing = read.success
    ? lacking(read.data)
    : read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  findings.expect('every failed attempt is explained', missing.length === 0, where, () => missing.join('; '));
  // What was given up is asked about at a pace of its own, counted from when that was.
  if (!read.success || before?.waitingFrom !== undefined) return;
  const problem = delayProblem(read.data);
  findings.expect('a delay follows from its rule', problem === undefined, where, () => problem ?? '');
}

function lacking({ reason, word, failure, step, dueAt }: Failed): string[] {
  const empty = Object.entries({ reason, word, failure, step }).filter(([, text]) => text.trim() === '');
  return [
    ...empty.map(([name]) => `${name} is empty`),
    ...(Number.isNaN(Date.parse(dueAt)) ? [`dueAt is no time: ${dueAt}`] : []),
  ];
}

/** The rule, the operation and the attempt's number give the delay; others may only make it longer. */
function delayProblem({ rule, operation, n, delayMs, delayBy }: Failed): string | undefined {
  const slow = { ...rule, firstDelayMs: rule.maxDelayMs };
  const least = backoffMs({
    rule: delayBy === 'outage' ? slow : rule,
    operationId: operation,
    attempt: Math.max(1, n),
  });
  const isExact = delayBy === 'rule' || delayBy === 'outage';
  if (isExact ? delayMs === least : delayMs >= least) return undefined;
  return `attempt ${n} waits ${delayMs} ms by ${delayBy}, expected ${isExact ? '' : 'at least '}${least} ms`;
}
