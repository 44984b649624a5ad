/** How often the broker is asked for a sign, and after what silence it counts as away, in milliseconds. */
const EVERY_MS = 1_000;
const SILENT_MS = 5_000;

interface PulseOptions {
  /** Resolves when the broker has answered a ping. */
  readonly ping: () => Promise<void>;
  readonly now?: () => number;
  readonly everyMs?: number;
  readonly silentMs?: number;
}

export interface BrokerPulse {
  /** Whether the broker has answered lately. */
  readonly answers: () => boolean;
  readonly stop: () => void;
}

/**
 * Pings the broker, one ping at a time, so that a process can say that it can do nothing now: a broker that
 * is frozen keeps its connections, and nothing else tells.
 */
export function brokerPulse({
  ping,
  now = () => performance.now(),
  everyMs = EVERY_MS,
  silentMs = SILENT_MS,
}: PulseOptions): BrokerPulse {
  let answeredAt = now();
  let asked = false;
  const ask = (): void => {
    if (asked) return;
    asked = true;
    ping()
      .then(
        () => void (answeredAt = now()),
        () => undefined, // the connection was lost: the next one is asked on the new one
      )
      .finally(() => {
        asked = false;
      });
  };
  const timer = setInterval(ask, everyMs);
  timer.unref();
  return { answers: () => now() - answeredAt < silentMs, stop: () => clearInterval(timer) };
}
