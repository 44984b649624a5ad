import { answeredPerSecond, judge } from './judge.ts';
import { beginCourse, type Course, nextCourse } from './course.ts';
import { judgeLoad, type LoadState } from './load.ts';
import type { Policy } from './policy.ts';
import { emptyLedger, type Ledger, noteGrants, settle, splitOf, type Term } from './rations.ts';
import { type Limit, sharesOf } from './shares.ts';
import { type DependencySeen, noCounts, type Seen } from './window.ts';
import type { Pin, Word, WordKind } from './word.ts';

/** While no word arrives, an instance gets one retry this often at most, in milliseconds. */
const ALONE_MS = 16_000;
/** What one retry of an instance that is alone can take of the budget's window, in milliseconds. */
const ALONE_WINDOW_MS = 15_000;

/** No rate is above this, in calls per second: what grows and grows must stay a number that can be told. */
const RATE_MAX = 100_000;

interface DependencyState {
  readonly course: Course;
  readonly load: LoadState;
  readonly ledger: Ledger;
  /** What is left of a call that is no whole one. */
  readonly carry: number;
  /** When the kind that was said last began: a pin's and load's too. */
  readonly said: { readonly kind: WordKind; readonly since: number };
}

/** What the governor remembers from one decision to the next. Plain data. */
export interface Decided {
  readonly epoch: number;
  readonly tick: number;
  readonly began: number;
  /** When it was decided last, and how far this clock has gone back since the term began: it counts on. */
  readonly at: number;
  readonly wentBackMs: number;
  readonly dependencies: Readonly<Record<string, DependencyState>>;
}

export interface Conditions {
  readonly policy: Policy;
  /** By dependency. One that is over is ignored. */
  readonly pins: Readonly<Record<string, Pin>>;
  /** The governor's term; another one than before begins anew, from what is seen. */
  readonly epoch: number;
  /** This machine's clock, milliseconds since 1970. */
  readonly now: number;
}

const nothingSeen: DependencySeen = {
  seconds: [],
  totals: noCounts,
  inFlight: 0,
  waitingFirsts: 0,
  waitingRetries: 0,
  waitingParked: 0,
  instances: [],
};

/**
 * Takes the last words of the governor before over, so that a restart does not forget an outage. What was on
 * its way up or held begins with a probe; grants are not taken over: none are made until they are spent.
 */
export function resume(words: readonly Word[], epoch: number, now: number): Decided {
  const dependencies = Object.fromEntries(
    words
      .filter(({ pin }) => pin?.kind !== 'open')
      .map(({ dependency, kind, rate, ramp, reason, since, best = 0, pin }) => {
        // What a person's word hides is not known.
        const held = kind === 'suppressed' || kind === 'probing' || ramp === true || pin !== undefined;
        const begun = held ? 'probing' : kind;
        const course = beginCourse(nothingSeen, now, begun, begun === 'throttled' ? (rate ?? 1) : undefined);
        const state: DependencyState = {
          course: { ...course, reason, best },
          load: {},
          ledger: emptyLedger,
          carry: 0,
          said: { kind: begun, since },
        };
        return [dependency, state] as const;
      }),
  );
  return { epoch, tick: 0, began: now, at: now, wentBackMs: 0, dependencies };
}

/** The limit under which calls go, from what failures, load and a person say. */
function limitOf({ course, load }: DependencyState, pin: Pin | undefined, policy: Policy): Limit {
  if (pin?.kind === 'open') return { kind: 'open' };
  if (pin) return { kind: pin.kind, rate: pin.rate ?? policy.ramp.floor };
  const slowed = load.slowed?.rate ?? Infinity;
  if (course.kind === 'throttled') {
    const rate = Math.min(course.rate ?? policy.ramp.floor, Math.max(policy.ramp.floor, slowed));
    return { kind: 'throttled', rate, ...(course.ramp ? { ramp: true } : {}) };
  }
  if (course.kind === 'open' && load.slowed) return { kind: 'throttled', rate: slowed };
  return { kind: course.kind };
}

function textOf(
  state: DependencyState,
  seen: DependencySeen,
  { policy, pin, now }: { policy: Policy; pin: Pin | undefined; now: number },
) {
  const { course, load } = state;
  if (pin) return { reason: `${pin.by} on ${pin.host}: ${pin.why}` };
  if (course.kind === 'open' && load.slowed) return { reason: load.text ?? 'load' };
  const judged = judge(seen, policy, (now - course.judgedFrom) / 1_000);
  const near = course.kind === 'open' && judged.level !== 'calm' ? judged.reason : undefined;
  const warning = [near, load.slowed ? undefined : load.text].filter(Boolean).join('; ');
  return { reason: course.reason, ...(warning ? { warning } : {}) };
}

function nextState(
  before: DependencyState | undefined,
  seen: DependencySeen,
  whole: Seen,
  conditions: Conditions,
  term: Term,
): DependencyState {
  const { policy, now } = conditions;
  const old = before ?? {
    course: beginCourse(seen, now),
    load: {},
    ledger: emptyLedger,
    carry: 0,
    said: { kind: 'open', since: now } as const,
  };
  // Totals that were not seen at the resume are no news.
  const course =
    old.course.totals.calls === 0 && term.now === term.began
      ? { ...old.course, totals: beginCourse(seen, now).totals }
      : old.course;
  const capped = (rate: number): number => Math.min(RATE_MAX, rate);
  const services = new Set(seen.instances.filter((one) => one.present).map((one) => one.service));
  const answered = answeredPerSecond(seen, 5);
  const next = nextCourse(course, { seen, policy, now });
  const load = judgeLoad(old.load, whole, { services, policy, now, answered });
  return {
    ...old,
    course: next.rate === undefined ? next : { ...next, rate: capped(next.rate) },
    load: load.slowed ? { ...load, slowed: { ...load.slowed, rate: capped(load.slowed.rate) } } : load,
    ledger: settle(old.ledger, seen.instances, term),
  };
}

function say(
  name: string,
  state: DependencyState,
  seen: DependencySeen,
  conditions: Conditions,
  { term, tick, wall }: { term: Term; tick: number; wall: number },
) {
  const { policy, now, epoch } = conditions;
  const pinned = conditions.pins[name];
  const pin = pinned && (pinned.until ?? Infinity) > wall ? pinned : undefined;
  const limit = limitOf(state, pin, policy);
  const { shares, calls, carry } = sharesOf(limit, seen, {
    ledger: state.ledger,
    policy,
    term,
    tick,
    carry: state.carry,
  });
  const { grants } = splitOf(policy);
  const listed = Object.keys(shares).length;
  const { kind } = limit;
  const since = kind === state.said.kind ? state.said.since : now;
  const holdMs = pin?.until === undefined ? (state.course.until ?? now) - now : Math.max(0, pin.until - wall);
  const word: Word = {
    v: 1,
    dependency: name,
    kind,
    since,
    ...textOf(state, seen, { policy, pin, now }),
    ...(kind === 'suppressed' && (!pin || pin.until !== undefined) ? { holdMs: Math.max(0, holdMs) } : {}),
    ...(limit.rate !== undefined && kind === 'throttled' ? { rate: limit.rate } : {}),
    ...(limit.ramp ? { ramp: true } : {}),
    ...(pin ? { pin } : {}),
    ...(state.course.best > 0 ? { best: state.course.best } : {}),
    waiting: seen.waitingFirsts + seen.waitingRetries + seen.waitingParked,
    epoch,
    tick,
    ...(grants > 0 ? { aloneMs: Math.max(ALONE_MS, Math.ceil((listed * ALONE_WINDOW_MS) / grants)) } : {}),
    shares,
    newcomer: kind === 'open' ? { retries: 0 } : { calls: 0, retries: 0 },
  };
  const course = {
    ...state.course,
    granted: state.course.ramp ? [calls, ...state.course.granted].slice(0, 3) : [],
    ...(kind === 'probing' ? { probedAt: now } : {}),
  };
  const after: DependencyState = {
    ...state,
    course,
    ledger: noteGrants(state.ledger, shares, tick, now),
    carry,
    said: { kind, since },
  };
  return { word, after };
}

/**
 * The words of one second, and what to remember for the next. Call it once a second; whoever hears a word may
 * spend its share, so a decision whose words might have been sent must be remembered.
 */
export function decide(
  before: Decided | undefined,
  window: Seen,
  conditions: Conditions,
): { words: Word[]; after: Decided } {
  const { epoch, now: wall, pins } = conditions;
  const known = before?.epoch === epoch ? before : undefined;
  // Spans are counted on a clock that does not go back; a second has passed in any case.
  const wentBackMs = known ? known.wentBackMs + (known.at > wall ? known.at - wall + 1_000 : 0) : 0;
  const now = wall + wentBackMs;
  const { began = now, tick: last = 0 } = known ?? {};
  const [tick, term] = [last + 1, { epoch, now, began }];
  const names = new Set([...Object.keys(window.dependencies), ...Object.keys(pins)]);
  for (const [name, { ledger }] of Object.entries(known?.dependencies ?? {}))
    if (Object.keys(ledger.accounts).length > 0 || tick < 60) names.add(name);
  const said = [...names].sort().map((name) => {
    const seen = window.dependencies[name] ?? nothingSeen;
    const steady = { ...conditions, now };
    const state = nextState(known?.dependencies[name], seen, window, steady, term);
    return say(name, state, seen, steady, { term, tick, wall });
  });
  const dependencies = Object.fromEntries(said.map(({ word, after }) => [word.dependency, after]));
  return {
    words: said.map(({ word }) => word),
    after: { epoch, tick, began, at: wall, wentBackMs, dependencies },
  };
}
