import type { Calls } from '../door/calls.ts';
import type { Faults } from '../door/faults.ts';
import { type Arrival, concernOf } from './arrival.ts';
import { readForm } from './form.ts';
import type { Keys } from './keys.ts';
import { type Outcome, once, outcomeOfFault, perform } from './once.ts';
import type { IntentStore } from './payment-intent.ts';
import type { PspCall } from './psp-calls.ts';
import type { PspFaults } from './psp-faults.ts';
import type { FindRoute, Route } from './routes.ts';
import type { Settlement } from './settlement.ts';
import { refuseSecretKey, serverError, StripeFault, tooManyRequests, unknownUrl } from './stripe-fault.ts';

interface Desk {
  readonly calls: Calls<Omit<PspCall, 'n'>>;
  readonly faults: Faults<PspFaults>;
  readonly keys: Keys;
  readonly intents: IntentStore;
  readonly findRoute: FindRoute;
  readonly settlement: Settlement;
  /** Keys whose first answer is still on its way. */
  readonly inUse: ReadonlySet<string>;
  readonly now: () => number;
}

/** What a call came to, how its answer travels, and the number it is recorded under. */
export interface Decision extends Outcome {
  readonly n: number;
  readonly cut: boolean;
  readonly delayMs: number;
}

/** Decides a call's fate and does its work. Belongs into one transaction, since it stores all of it. */
export function decide(desk: Desk, arrival: Arrival): Decision {
  const route = desk.findRoute(arrival.method, arrival.path);
  const { answer, delayMs, steps } = desk.faults.read();
  const struck = steps && !steps.includes(route.step) ? 'none' : desk.faults.strike();
  const outcome = answerOf(desk, { arrival, route, struck });
  const lost = struck === 'fail_after' && outcome.worked === true;
  const fate = lost ? 'failed_after' : outcome.fate;
  const seen = lost ? { ...outcome, ...outcomeOfFault(serverError(), fate) } : outcome;
  const cut = fate === 'reset' || (lost && answer === 'reset');

  const { method, path, idempotencyKey } = arrival;
  const n = desk.calls.record({
    at: new Date(desk.now()).toISOString(),
    method,
    path,
    step: route.step,
    idempotencyKey,
    ...concernOf(arrival, { route, intents: desk.intents }),
    fate,
    status: cut ? null : seen.status,
  });
  return { ...seen, n, cut, delayMs: struck === 'slow' ? delayMs : 0 };
}

type Situation = { arrival: Arrival; route: Route; struck: ReturnType<Faults<PspFaults>['strike']> };

function answerOf(desk: Desk, situation: Situation): Outcome {
  switch (situation.struck) {
    case 'down':
      return outcomeOfFault(serverError(), 'reset');
    case 'throttle':
      const headers = { 'retry-after': String(desk.faults.read().retryAfterS) };
      return { ...outcomeOfFault(tooManyRequests(), 'throttled'), headers };
    case 'fail_before':
      return outcomeOfFault(serverError(), 'failed_before');
    default:
      return workOf(desk, situation);
  }
}

function workOf(desk: Desk, { arrival, route, struck }: Situation): Outcome {
  const { method, path, body, idempotencyKey: key } = arrival;
  const { endpoint, id } = route;
  try {
    refuseSecretKey(arrival.authorization);
    if (!endpoint) throw unknownUrl(`${method}: ${path}`);
    const prepare = () => endpoint(readForm(body));
    const run = (work: ReturnType<typeof prepare>) => perform(() => work({ id, idempotencyKey: key }));
    // Without a key a repeat is simply done again: that is what the key is for.
    if (key === null) return { ...run(prepare()), worked: method === 'POST' };
    const { delayMs } = desk.faults.read();
    return once({ key, path, body }, { prepare, run, struck, delayMs }, desk);
  } catch (error) {
    if (error instanceof StripeFault) return outcomeOfFault(error, 'bad_request');
    throw error;
  }
}
