import { defineContract, event, keyed, transient } from '@refrain/contract-kit';
import { defineDecider } from '@refrain/decider';
import { z } from 'zod';

const id = z.string();

/** A service with one keyed effect and no event for "it never happened". */
export function askingWorld(repeat: Parameters<typeof keyed>[0], attempts: number) {
  const w = defineContract({
    service: 'w',
    entities: {
      thing: {
        id: 'id',
        events: { Asked: event(1, { id }), Done: event(1, { id }), Lost: event(1, { id }) },
      },
    },
    waits: ['Lost'],
    effects: {
      call: {
        after: 'Asked',
        dependency: 'world',
        steps: ['call'],
        timeoutMs: 1_000,
        retry: { attempts, firstDelayMs: 100, maxDelayMs: 1_000 },
        repeat: keyed(repeat),
        failures: { broken: transient({ happened: 'unknown', givingUp: 'Lost' }) },
      },
    },
  });
  const thing = defineDecider(
    w,
    'thing',
    {},
  )({
    evolve: { Asked: () => {}, Done: () => {}, Lost: () => {} },
    decide: {
      ask: (_, data: { id: string }) => [w.Asked(data)],
      recordDone: (_, data: { id: string }) => [w.Done(data)],
    },
  });
  return { w, thing };
}
