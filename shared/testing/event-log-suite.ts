import { describe } from 'vitest';
import { clusterSuite, lagSuite } from './event-log-suite-cluster.ts';
import { appendSuite, lostAcknowledgementSuite } from './event-log-suite-append.ts';
import type { EventLogSuiteOptions, LogBench } from './event-log-suite-bench.ts';
import { deliverySuite } from './event-log-suite-delivery.ts';
import { loadSuite } from './event-log-suite-load.ts';
import { redeliverySuite } from './event-log-suite-redelivery.ts';
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
  const { duplicateWindowMs, restart, loseTail, lagging, cluster } = options;
  const calm: Record<string, () => void> = {
    append: () => appendSuite(make, duplicateWindowMs),
    'a lost acknowledgement': () => lostAcknowledgementSuite(make),
    read: () => readSuite(make),
    load: () => loadSuite(make),
    ...(lagging && { 'a replica that lags': () => lagSuite(lagging) }),
  };
  // Each test has a bench of its own, and most of these wait.
  const waiting: Record<string, () => void> = {
    recovering: () => recoveringSuite(make),
    delivery: () => deliverySuite(make),
    'what is delivered again': () => redeliverySuite(make, options),
    schedules: () => scheduleSuite(make, options),
  };
  // What happens to the broker happens to every bench, so these take turns.
  const troubles: Record<string, () => void> = {
    ...(loseTail && { 'a lost tail': () => lostTailSuite(make, loseTail) }),
    ...(restart && { 'a restart of the broker': () => restartSuite(make, restart) }),
    ...(cluster && { 'several nodes': () => clusterSuite(make, cluster) }),
  };
  const alone = (of: Record<string, () => void>): void => {
    for (const [part, tests] of Object.entries(of))
      describe(`${name}: ${part}`, () => {
        tests();
      });
  };
  // A cluster takes its time over each stream, not over many at once.
  if (!cluster) alone(calm);
  for (const [part, tests] of Object.entries({ ...(cluster ? calm : {}), ...waiting }))
    describe.concurrent(`${name}: ${part}`, () => {
      tests();
    });
  alone(troubles);
}
