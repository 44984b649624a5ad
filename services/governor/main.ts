import { randomUUID } from 'node:crypto';
import { jetStreamGovernorStore, jetStreamReports } from '@refrain/jetstream';
import { type Begun, type ProcessParts, runProcess, serviceMetrics, systemClock } from '@refrain/process';
import { Desk } from './desk.ts';
import { Governor } from './governor.ts';
import { governorDoor } from './http.ts';
import { createOutlook } from './outlook.ts';

async function begin({
  settings,
  nc,
  logger,
  lineCounts,
  telemetry,
  log,
  isReady,
  onDefect,
}: ProcessParts): Promise<Begun> {
  const store = jetStreamGovernorStore(nc);
  const outlook = createOutlook();
  const governor = new Governor({
    store,
    reports: jetStreamReports(nc, { log }),
    outlook,
    clock: systemClock,
    elapsed: () => performance.now(),
    // Its name for people, and what tells this process from the one that bore the name before.
    self: `${settings.instance}.${randomUUID().slice(0, 8)}`,
    logger,
  });
  const desk = new Desk({ store, outlook, clock: systemClock, lease: () => governor.lease });
  const told = { lines: lineCounts, spans: telemetry.spanCounts };
  // What it says is on the pages of those who hear it; its own tells of its process only.
  const metrics = serviceMetrics('governor', told).pageOf(isReady, () => nc.flush());
  telemetry.tellMetrics(metrics.read);
  return {
    door: governorDoor({ desk, isReady, metrics, onDefect }),
    prepare: () => governor.start(),
    drain: () => governor.stop(),
  };
}

await runProcess('governor', process.env, () => ({ personal: [], begin }));
