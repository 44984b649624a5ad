import type { Database } from '../door/database.ts';
import type { Handler } from '../door/http.ts';
import { type Arrival, readArrival } from './arrival.ts';
import type { Decision } from './decision.ts';
import type { Settlement } from './settlement.ts';

interface Desk {
  readonly database: Database;
  readonly settlement: Settlement;
  readonly inUse: Set<string>;
  readonly decide: (arrival: Arrival) => Decision;
}

/**
 * Answers everything under `/v1/`. A call's fate is stored as one transaction; only then does anything
 * travel.
 */
export function createStripeSide({ database, settlement, inUse, decide }: Desk): Handler {
  return async (incoming, reply) => {
    const arrival = readArrival(incoming);
    const decision = database.atomically(() => decide(arrival));
    const { fate, cut, delayMs, worked } = decision;
    const { idempotencyKey: key } = arrival;
    if (fate === 'in_progress' && key) settlement.settleWhenDue(key);
    if (cut) return reply.cut();
    if (delayMs > 0) {
      const held = worked && key ? key : undefined;
      if (held) inUse.add(held);
      await reply.wait(delayMs);
      if (held) inUse.delete(held);
    }
    await reply.send(decision.status, decision.answer, headersOf(decision, key));
  };
}

function headersOf({ n, headers }: Decision, key: string | null): Record<string, string> {
  return { 'request-id': `req_${n}`, ...(key && { 'idempotency-key': key }), ...headers };
}
