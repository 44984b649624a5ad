import { z } from 'zod';
import type { CallQuery } from './calls.ts';
import type { CommonFaults, Faults } from './faults.ts';
import type { Handler, Incoming, Reply } from './http.ts';
import { Problem, readStrictly } from './problem.ts';

/**
 * Answers one control request: what it returns is sent as JSON, status 200, unless it has answered itself.
 */
export type ControlRoute = (incoming: Incoming, reply: Reply) => unknown;

/** The part of a door that people and tests use; faults do not touch it. Keys are written `GET /ledger`. */
export function createControl(routes: Record<string, ControlRoute>): Handler {
  return async (incoming, reply) => {
    const route = routes[`${incoming.method} ${incoming.path}`];
    if (!route) {
      const known = Object.keys(routes).join(', ');
      const detail = `There is no ${incoming.method} ${incoming.path}. There is: ${known}.`;
      throw new Problem({ status: 404, type: 'not-found', title: 'Not found', detail });
    }
    const body = await route(incoming, reply);
    await reply.json(200, body);
  };
}

/** The routes every sandbox answers, so that a supervisor knows it is up. */
export const healthRoutes: Record<string, ControlRoute> = {
  'GET /health/live': () => ({ status: 'live' }),
  'GET /health/ready': () => ({ status: 'ready' }),
};

function readJson(incoming: Incoming): unknown {
  if (!/^application\/json\b/.test(incoming.headers['content-type'] ?? '')) {
    const detail = 'This door takes application/json only. Nothing was changed.';
    throw new Problem({ status: 415, type: 'media-type-refused', title: 'JSON only', detail });
  }
  try {
    return JSON.parse(incoming.body);
  } catch {
    const detail = 'The body is not JSON. Nothing was changed.';
    throw new Problem({ status: 400, type: 'json-invalid', title: 'Invalid JSON', detail });
  }
}

interface FaultDesk<Set extends CommonFaults> {
  readonly faults: Faults<Set>;
  readonly schema: z.ZodType<Set>;
  /** Closes the port that the fault is about for so long, then calls `back`. */
  readonly leave: (forMs: number, back: () => void) => Promise<void>;
}

/**
 * `GET /faults` and `PUT /faults`. A `gone` begins when it has been answered, while that can still be told.
 */
export function faultRoutes<Set extends CommonFaults>(desk: FaultDesk<Set>): Record<string, ControlRoute> {
  const { faults, schema, leave } = desk;
  return {
    'GET /faults': () => faults.read(),
    async 'PUT /faults'(incoming, reply) {
      faults.write(readStrictly(schema, readJson(incoming), 'faults'));
      const { mode, forMs } = faults.read();
      await reply.json(200, faults.read());
      // A port that somebody else took meanwhile ends the process: nobody would reach it any more.
      if (mode === 'gone') void leave(forMs, () => faults.comeBack());
    },
  };
}

const callQuery = z.strictObject({
  operationId: z.string().min(1).optional(),
  since: z.iso.datetime({ offset: true }).optional(),
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(10_000).default(1_000),
});

/**
 * `?operationId=&since=&after=n&limit=`: calls of one operation, from a time on, after call `n`; 1,000 unless
 * told.
 */
export function readCallQuery(incoming: Incoming): CallQuery {
  return readStrictly(callQuery, Object.fromEntries(incoming.query), 'query');
}
