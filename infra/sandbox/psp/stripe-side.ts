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
    const { idempotencyKey: key } = arrival;
    const decision = await database.together(() => {
      const decided = decide(arrival);
      // Within the transaction, since the next call under this key may be part of it too.
      if (key && isLate(decided)) inUse.add(key);
      return decided;
    });
    const { fate, cut, delayMs } = decision;
    if (fate === 'in_progress' && key) settlement.settleWhenDue(key);
    if (cut) return reply.cut();
    if (delayMs > 0) {
      await reply.wait(delayMs);
      if (key && isLate(decision)) inUse.delete(key);
    }
    await reply.send(decision.status, decision.answer, headersOf(decision, key));
  };
}

/** Whether the first answer under a key is still to leave. */
const isLate = ({ worked, delayMs }: Decision) => worked === true && delayMs > 0;

function headersOf({ n, headers }: Decision, key: string | null): Record<string, string> {
  return { 'request-id': `req_${n}`, ...(key && { 'idempotency-key': key }), ...headers };
}
