import { join } from 'node:path';
import { createCalls } from '../door/calls.ts';
import { createControl, faultRoutes, healthRoutes, readCallQuery } from '../door/control.ts';
import { openDatabase } from '../door/database.ts';
import { createFaults } from '../door/faults.ts';
import { createDoor } from '../door/http.ts';
import { createPort } from '../door/port.ts';
import { createChargeEndpoints } from './charges.ts';
import { decide } from './decision.ts';
import { createKeys } from './keys.ts';
import { createLedger } from './ledger.ts';
import { createIntentEndpoints } from './payment-intents.ts';
import type { PspCall } from './psp-calls.ts';
import { pspFaults } from './psp-faults.ts';
import { createRefundEndpoints } from './refunds.ts';
import { createRoutes } from './routes.ts';
import { createSettlement } from './settlement.ts';
import { createChargeStore, createIntentStore, createRefundStore } from './stores.ts';
import { createStripeSide } from './stripe-side.ts';
import { pspTables } from './tables.ts';

export type { PspLedgerLine } from './ledger.ts';
export type { Fate, PspCall, Step } from './psp-calls.ts';
export type { PspFaults } from './psp-faults.ts';

/** How long Stripe keeps an idempotency key, in milliseconds. */
export const KEY_HORIZON_MS = 86_400_000;

export interface PspOptions {
  /** The ledger is `psp/ledger.sqlite` in this folder, and is gone on with if it is there. */
  readonly dataDir: string;
  /** Default 0: a free one. */
  readonly port?: number;
  /** How long a key's answer is replayed, in milliseconds. Default 24 h; after it the work is done again. */
  readonly keyHorizonMs?: number;
  /** Milliseconds since 1970. Default the machine's clock. */
  readonly now?: () => number;
}

export interface Psp {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Starts the sandbox in this process. A `gone` that was set before goes on: then it listens only when that is
 * over.
 */
export async function startPsp({
  dataDir,
  port = 0,
  keyHorizonMs = KEY_HORIZON_MS,
  now = Date.now,
}: PspOptions): Promise<Psp> {
  const database = openDatabase(join(dataDir, 'psp', 'ledger.sqlite'), pspTables);
  const ledger = createLedger(database);
  const calls = createCalls<Omit<PspCall, 'n'>>(database);
  const faults = createFaults(database, { schema: pspFaults, now });
  const keys = createKeys(database, { horizonMs: keyHorizonMs, now });
  const intents = createIntentStore(database);
  const refunds = createRefundStore(database);
  const charges = createChargeStore(database);
  const findRoute = createRoutes({
    intents: createIntentEndpoints({ intents, charges, ledger, now }),
    refunds: createRefundEndpoints({ intents, refunds, ledger, now }),
    charges: createChargeEndpoints({ charges }),
  });
  const settlement = createSettlement({ database, keys, findRoute, now });
  const inUse = new Set<string>();
  const desk = { calls, faults, keys, intents, findRoute, settlement, inUse, now };
  const stripeSide = createStripeSide({
    database,
    settlement,
    inUse,
    decide: (arrival) => decide(desk, arrival),
  });

  const control = createControl({
    ...healthRoutes,
    ...faultRoutes({ faults, schema: pspFaults, leave: (forMs, back) => listener.leave(forMs, back) }),
    'GET /ledger': () => ledger.list(),
    'GET /calls': (incoming) => calls.list(readCallQuery(incoming)),
  });
  const server = createDoor((incoming, reply) =>
    incoming.path.startsWith('/v1/') ? stripeSide(incoming, reply) : control(incoming, reply),
  );
  const listener = createPort(server, port);
  const number = await listener.open(faults.awayMs());
  faults.comeBack();
  settlement.resume();
  return {
    url: `http://127.0.0.1:${number}`,
    async close() {
      settlement.close();
      await listener.close();
      database.close();
    },
  };
}
