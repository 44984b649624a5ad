import { connectBroker, jetStreamEventLog, jetStreamSchedules } from '@refrain/jetstream';
import { noMetrics, type Ports, silentLog } from '@refrain/runtime';
import { benchTelemetry } from './collector.ts';
import { systemChance, systemClock } from '../../shared/process/system.ts';

/** What a service is hosted on, over a connection of its own: broker and machine's clock; nothing is told. */
export async function benchPorts(url: string, name: string): Promise<Ports & { close(): Promise<void> }> {
  const nc = await connectBroker({ url, name });
  const telemetry = await benchTelemetry(name);
  return {
    log: jetStreamEventLog(nc, { clock: systemClock }),
    schedules: jetStreamSchedules(nc),
    clock: systemClock,
    chance: systemChance,
    logger: silentLog,
    tracing: telemetry.tracing,
    metrics: noMetrics,
    governing: undefined,
    close: async () => {
      await telemetry.stop();
      await nc.close();
    },
  };
}
