import type { JetStreamOptions } from '@refrain/jetstream';
import { metricCatalogue, type Metrics } from '@refrain/runtime';
import {
  createMetrics,
  type LineCounts,
  type MetricReading,
  METRICS_TYPE,
  type SpanCounts,
} from '@refrain/telemetry';

/** How long a page waits for the broker, in milliseconds: who collects gives up after ten seconds. */
const ASK_MS = 1_000;

export interface ServiceMetrics {
  readonly metrics: Metrics;
  /** For the event log: counts appends and how long they take. */
  readonly onAppended: NonNullable<JetStreamOptions['onAppended']>;
  /** What the door shows as `GET /metrics`. `observe` asks what only shows when it is asked for. */
  readonly pageOf: (
    isReady: () => boolean,
    observe: () => Promise<void>,
  ) => {
    readonly type: string;
    readonly page: () => Promise<string>;
    /** The same, as it is sent to a collector. */
    readonly read: () => Promise<readonly MetricReading[]>;
  };
}

/** The metrics of a process, told as a page and to collectors. `told`: what became of its lines and spans. */
export function serviceMetrics(
  service: string,
  told: { readonly lines: () => LineCounts; readonly spans: () => SpanCounts },
): ServiceMetrics {
  const metrics = createMetrics(metricCatalogue, { service });
  const results = {
    appended: { result: 'appended' },
    duplicate: { result: 'duplicate' },
    conflict: { result: 'conflict' },
    failed: { result: 'failed' },
  } as const;
  return {
    metrics,
    onAppended: ({ result, ms, repeats }) => {
      metrics.record('refrain_append_seconds', ms / 1_000, results[result]);
      if (repeats > 0) metrics.add('refrain_append_repeats_total', repeats);
    },
    pageOf: (isReady, observe) => {
      const answers = oneAtATime(observe);
      const refresh = async (): Promise<void> => {
        metrics.set('refrain_broker_answers', (await answers()) ? 1 : 0);
        metrics.set('refrain_ready', isReady() ? 1 : 0);
        for (const [fate, count] of Object.entries(told.lines()))
          metrics.set('refrain_log_lines_total', count, { fate });
        for (const [fate, count] of Object.entries(told.spans()))
          metrics.set('refrain_spans_total', count, { fate });
        const { user, system } = process.cpuUsage();
        metrics.set('process_cpu_seconds_total', (user + system) / 1e6);
        metrics.set('process_resident_memory_bytes', process.memoryUsage.rss());
        metrics.set('process_start_time_seconds', Math.round(performance.timeOrigin) / 1_000);
      };
      const page = async (): Promise<string> => {
        await refresh();
        return metrics.text();
      };
      const read = async (): Promise<readonly MetricReading[]> => {
        await refresh();
        return metrics.read();
      };
      return { type: METRICS_TYPE, page, read };
    },
  };
}

/**
 * Whether it was done within a second. What takes longer goes on by itself, and is not begun a second time
 * meanwhile: a broker that is silent is not asked more with every page.
 */
function oneAtATime(observe: () => Promise<void>): () => Promise<boolean> {
  let under: Promise<boolean> | undefined;
  const begin = (): Promise<boolean> =>
    observe().then(
      () => true,
      () => false,
    );
  return async () => {
    under ??= begin().finally(() => {
      under = undefined;
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), ASK_MS);
    });
    const answered = await Promise.race([under, late]);
    clearTimeout(timer);
    return answered;
  };
}
