import type { RetryRule } from '@refrain/contract-kit';
import { type Course, type CourseSum, courseUnder, ProviderPast, sumOf } from '@refrain/retry';
import { UsageError } from '../errors.ts';
import type { FailedOperation, Incident } from './incident.ts';

/** What is asked: the fields of a retry rule that are to be other ones. */
export type AskedRule = Partial<RetryRule>;

const FIELDS = ['attempts', 'firstDelayMs', 'maxDelayMs'] as const;

/** `attempts=4,firstDelayMs=1000`, or the same as a JSON object. @throws UsageError naming what is wrong. */
export function readRule(typed: string): AskedRule {
  const entries = typed.trimStart().startsWith('{') ? jsonEntries(typed) : pairs(typed);
  const problems: string[] = [];
  for (const [name, value] of entries) {
    if (!FIELDS.some((field) => field === name)) problems.push(`there is no ${name}`);
    else if (!Number.isInteger(value) || (value as number) < 1 || (value as number) > 2 ** 31)
      problems.push(`${name}: expected a whole number from 1 on, found ${JSON.stringify(value)}`);
  }
  if (entries.length === 0) problems.push('it is empty');
  const rule = Object.fromEntries(entries) as AskedRule;
  if ((rule.firstDelayMs ?? 0) > (rule.maxDelayMs ?? Number.POSITIVE_INFINITY))
    problems.push('maxDelayMs is below firstDelayMs');
  if (problems.length > 0)
    throw new UsageError(
      `refrain replay: --retry-rule: ${problems.join('; ')}. Expected some of ${FIELDS.join(', ')}, as in attempts=4,firstDelayMs=1000. Nothing was read.`,
    );
  return rule;
}

const pairs = (typed: string): [string, unknown][] =>
  typed.split(',').map((pair) => {
    const [name = '', value = ''] = pair.split('=');
    return [name.trim(), /^\d+$/.test(value.trim()) ? Number(value) : value];
  });

function jsonEntries(typed: string): [string, unknown][] {
  try {
    return Object.entries(JSON.parse(typed) as Record<string, unknown>);
  } catch {
    throw new UsageError('refrain replay: --retry-rule: that is no JSON. Nothing was read.');
  }
}

/** One operation on record, and as it would have gone. */
export interface OperationCourse {
  readonly operation: string;
  readonly effect: string;
  readonly flow: string;
  readonly recorded: Course;
  /** By the rule it had, in the model: how far the model is from the record. */
  readonly before: Course;
  readonly asked: Course;
}

export interface WhatIf {
  readonly rule: AskedRule;
  readonly operations: readonly OperationCourse[];
  readonly sums: Readonly<Record<'recorded' | 'before' | 'asked', CourseSum>>;
  /** Of those that both rules answer: a rule that gives up the slow ones makes nothing faster. */
  readonly answeredByBoth: Readonly<Record<'before' | 'asked', CourseSum>>;
  readonly leftOut: Readonly<Record<string, number>>;
  /** Attempts that the governor's word held, which the model does not know. */
  readonly held: number;
}

/** How an incident would have gone under another rule. Missing fields stay as they were. */
export function whatIf({ operations, calls, leftOut, held }: Incident, rule: AskedRule): WhatIf {
  const pasts = new Map([...calls].map(([effect, list]) => [effect, new ProviderPast(list)]));
  const courses = operations.map((operation): OperationCourse => {
    const { operationId, effect, flow } = operation;
    const past = pasts.get(effect) ?? new ProviderPast([]);
    return {
      operation: operationId,
      effect,
      flow,
      recorded: recordedCourse(operation),
      before: courseUnder(operation.rule, operation, past),
      asked: courseUnder(merged(operation.rule, rule), operation, past),
    };
  });
  const sum = (which: 'recorded' | 'before' | 'asked'): CourseSum => sumOf(courses.map((c) => c[which]));
  const both = courses.filter(({ before, asked }) => before.end === 'answered' && asked.end === 'answered');
  return {
    rule,
    operations: courses,
    sums: { recorded: sum('recorded'), before: sum('before'), asked: sum('asked') },
    answeredByBoth: { before: sumOf(both.map((c) => c.before)), asked: sumOf(both.map((c) => c.asked)) },
    leftOut: Object.fromEntries(leftOut),
    held,
  };
}

/** A longest delay below the shortest is none: it follows the one that was asked for. */
function merged(before: RetryRule, asked: AskedRule): RetryRule {
  const rule = { ...before, ...asked };
  const maxDelayMs = asked.maxDelayMs ?? Math.max(rule.maxDelayMs, rule.firstDelayMs);
  return { ...rule, firstDelayMs: Math.min(rule.firstDelayMs, maxDelayMs), maxDelayMs };
}

function recordedCourse({ calls, end, endAt }: FailedOperation): Course {
  const last = calls.at(-1)?.at ?? 0;
  const answer = end === 'answered' && endAt !== undefined ? [{ at: endAt }] : [];
  const failed = calls.map(({ at, failure }) => ({ at, failure }));
  return { calls: [...failed, ...answer], end, endAt: endAt ?? last };
}
