/** What OpenTelemetry gives an exporter, and hears back. */
interface Exporter {
  export(batch: never, done: (result: { code: number; error?: Error }) => void): void;
}

const SUCCESS = 0;

/** Spans that were to be told, by what became of them. */
export interface SpanCounts {
  /** A collector took them. */
  readonly sent: number;
  /** Outside the sample. */
  readonly thinned: number;
  /** The queue was full: the collector is slower than the service, or does not answer. */
  readonly dropped: number;
  /** The collector refused them, or did not answer in time. */
  readonly failed: number;
}

/**
 * Tells of an exporter how it fares: each time that it begins to fail, and each time that it works again, not
 * once a batch.
 */
export function toldExporter<E extends Exporter>(
  exporter: E,
  say: { failing: (error: string) => void; works: () => void },
  heard: {
    readonly onTaken?: (batch: Parameters<E['export']>[0]) => void;
    readonly onDone?: (batch: Parameters<E['export']>[0], isSent: boolean) => void;
  } = {},
): E {
  let isFailing = false;
  const send: Exporter['export'] = (batch, done) => {
    heard.onTaken?.(batch);
    exporter.export(batch, (result) => {
      const isSent = result.code === SUCCESS;
      if (!isSent && !isFailing) say.failing(result.error?.message ?? 'no reason was given');
      if (isSent && isFailing) say.works();
      isFailing = !isSent;
      heard.onDone?.(batch, isSent);
      done(result);
    });
  };
  return Object.assign(Object.create(exporter) as E, { export: send });
}

/**
 * Lets as many spans wait for an exporter as its queue holds, and counts those that find no place: the queue
 * of OpenTelemetry drops them without a word.
 */
export function spanGate(waitingMax: number): {
  /** Takes a place for one span. `false`: there is none, and the span is counted as dropped. */
  admit: () => boolean;
  /** So many have left the queue for the exporter. */
  release: (spans: number) => void;
  dropped: () => number;
} {
  let [waiting, dropped] = [0, 0];
  return {
    admit: () => {
      const hasPlace = waiting < waitingMax;
      if (hasPlace) waiting++;
      else dropped++;
      return hasPlace;
    },
    release: (spans) => (waiting -= spans),
    dropped: () => dropped,
  };
}
