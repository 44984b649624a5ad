import { describe } from 'vitest';
import { appendSuite, lostAcknowledgementSuite } from './event-log-suite-append.ts';
import type { EventLogSuiteOptions, LogBench } from './event-log-suite-bench.ts';
import { deliverySuite } from './event-log-suite-delivery.ts';
import { loadSuite } from './event-log-suite-load.ts';
import { lostTailSuite, readSuite } from './event-log-suite-read.ts';
import { recoveringSuite } from './event-log-suite-recovering.ts';
import { restartSuite } from './event-log-suite-restart.ts';
import { scheduleSuite } from './event-log-suite-schedules.ts';

/**
 * What `EventLog` and `Schedules` promise, tried on an adapter. The simulator runs on the memory adapter, so
 * it is worth what this suite proves of both. `make` gives a bench for each test.
 */
export function eventLogSuite(
  name: string,
  make: () => Promise<LogBench>,
  options: EventLogSuiteOptions,
): void {
  const { duplicateWindowMs, restart, loseTail } = options;
  const parts: Record<string, () => void> = {
    append: () => appendSuite(make, duplicateWindowMs),
    'a lost acknowledgement': () => lostAcknowledgementSuite(make),
    read: () => readSuite(make),
    load: () => loadSuite(make),
    ...(loseTail && { 'a lost tail': () => lostTailSuite(make, loseTail) }),
    ...(restart && { 'a restart of the broker': () => restartSuite(make, restart) }),
  };
  for (const [part, tests] of Object.entries(parts))
    describe(`${name}: ${part}`, () => {
      tests();
    });
  // Each test has a bench of its own, and most of these wait.
  const waiting = {
    recovering: () => recoveringSuite(make),
    delivery: () => deliverySuite(make),
    schedules: () => scheduleSuite(make),
  };
  for (const [part, tests] of Object.entries(waiting))
    describe.concurrent(`${name}: ${part}`, () => {
      tests();
    });
}
