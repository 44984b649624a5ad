import type { Alarm } from '@refrain/event-log';
import { expect, it } from 'vitest';
import { noMetrics } from './metrics.ts';
import { silentLog } from './ports.ts';
import { Sweep } from './sweep.ts';

const EVERY_MS = 10_000;

/** A sweep of operations that the governor holds, the oldest first. `alarms`: when each of them rings. */
function sweepOver(count: number) {
  let now = 1_000_000;
  const open = Array.from({ length: count }, (_, i) => ({
    entity: { service: 's', entityType: 't', entityId: `e${i}` },
    operation: { id: `op-${i}`, effect: 'call', status: 'open', at: i, n: 0, held: { n: 1, until: i } },
  }));
  const alarms = new Map(open.map(({ operation }) => [operation.id, Number.POSITIVE_INFINITY]));
  const asked: string[] = [];
  const ports = {
    clock: { now: () => now },
    logger: silentLog,
    metrics: noMetrics,
    schedules: {
      pendingAt: async ({ operation }: Alarm) => {
        asked.push(operation);
        const at = alarms.get(operation);
        return at === Number.POSITIVE_INFINITY ? now + 1_000 : at;
      },
      set: async ({ operation }: Alarm, at: number) => void alarms.set(operation, at),
    },
  };
  const registry = { effects: new Map([['call', { rule: { dependency: 'world' } }]]) };
  const view = { catchUp: async () => {}, operations: { all: () => open } };
  const options = { everyMs: EVERY_MS, overdueMs: 30_000 };
  const sweep = new Sweep(ports as never, registry as never, view as never, options);
  return {
    alarms,
    asked,
    /** Sweeps, and then lets the time to the next one pass. */
    sweep: async () => {
      const swept = await sweep.sweep();
      now += EVERY_MS;
      return swept;
    },
  };
}

it('comes to the youngest, however many before it cannot be helped', async () => {
  const { alarms, sweep } = sweepOver(2_000);
  alarms.delete('op-1999');
  for (let i = 0; i < 20; i++) await sweep();
  expect(alarms.has('op-1999')).toBe(true);
});

it('asks for each alarm once in its overdue time, and sets only the ones that are lost', async () => {
  const { alarms, asked, sweep } = sweepOver(10);
  alarms.delete('op-3');
  expect(await sweep()).toEqual({ open: 10, alarms: 1 });
  expect(asked).toHaveLength(10);
  await sweep();
  await sweep();
  expect(asked).toHaveLength(10);
  await sweep();
  expect(asked).toHaveLength(20);
});
