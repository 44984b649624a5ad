import { benchCollector } from './collector.ts';
import { startRefrain } from './refrain.ts';
import type { StartSide } from './side.ts';

/** Refrain with traces sent to a collector on this machine: that share of them, and what is always kept. */
export const startTraced =
  (share: number): StartSide =>
  async (broker) => {
    const collector = await benchCollector();
    const env = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, BENCH_TRACES_SHARE: String(share) };
    Object.assign(process.env, env); // the driver is traced, too, and workers inherit it
    const side = await startRefrain(broker);
    let bytes = Number.NaN;
    const stop = async (): Promise<void> => {
      for (const name of Object.keys(env)) delete process.env[name];
      await side.stop();
      bytes = await collector.stop();
      if (!(bytes > 0)) throw new Error('No span reached the collector.');
    };
    return { ...side, stop };
  };
