import { messageOf } from '@refrain/errors';
import { connectBroker } from '@refrain/jetstream';
import {
  createLogger,
  type LineCounts,
  type Logger,
  startTelemetry,
  type Telemetry,
} from '@refrain/telemetry';
import { brokerPulse } from './broker-pulse.ts';
import { readSettings, type Settings } from './settings.ts';

type Broker = Awaited<ReturnType<typeof connectBroker>>;

/** The HTTP door of a process, as far as it is opened and closed here. */
interface Door {
  listen(options: { host: string; port: number }): Promise<string>;
  close(): Promise<unknown>;
}

/** What every process of ours has when it begins its work. */
export interface ProcessParts {
  readonly settings: Settings;
  readonly nc: Broker;
  readonly logger: Logger;
  /** What became of its log lines so far. */
  readonly lineCounts: () => LineCounts;
  /** Told in one line, as the broker's adapters tell. */
  readonly log: (line: string) => void;
  readonly telemetry: Pick<Telemetry, 'tracing' | 'spanCounts' | 'tellMetrics'>;
  /** Whether it takes work now. A dependency that is down does not change it, a silent broker does. */
  readonly isReady: () => boolean;
  /** Ends this process at once, as if it were killed. Its supervisor starts another one. */
  readonly end: (why: string) => void;
  /** Told of every error that nobody expected. */
  readonly onDefect: (error: unknown, request: { method: string; url: string }) => void;
}

/** A process that has begun: its door is not open yet. */
export interface Begun {
  readonly door: Door;
  /** What is to be done, with the door open, before it is ready. */
  readonly prepare: () => Promise<void>;
  /** Takes no new work and finishes what was begun. */
  readonly drain: () => Promise<void>;
}

/** What a process is, once its settings are read. What is wrong with them is thrown as RF_CONFIG. */
export type Opening = (settings: Settings) => {
  /** The dotted paths that its contracts mark as personal. */
  readonly personal: readonly string[];
  readonly begin: (parts: ProcessParts) => Promise<Begun>;
};

/**
 * Longest time a drain may take before the process ends anyway, in milliseconds: what was begun comes again.
 */
const DRAIN_MS = 11_000;

/**
 * Runs a process of ours: settings from the environment, broker, telemetry, door; says `{ ready: true, url }`
 * over its IPC channel; drains and ends on SIGTERM, SIGINT, or when the channel closes (its supervisor died).
 * `name`: its default name, and what its telemetry is called.
 */
export async function runProcess(name: string, env: NodeJS.ProcessEnv, open: Opening): Promise<void> {
  let flush = (): void => {};
  endWithSupervisor();
  try {
    const settings = readSettings(name, env);
    const { personal, begin } = open(settings);
    const logs = createLogger({
      name: settings.instance,
      level: settings.logLevel,
      personal,
      sample: settings.logSample,
    });
    flush = logs.flush;
    await start({ name, begin }, settings, logs);
  } catch (error) {
    flush();
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
    process.exit();
  }
}

/** What is done when the supervisor dies. Until the process works there is nothing to drain. */
let whenAlone = (): void => process.exit(1);

/**
 * Listens before anything is waited for: a start that hangs on its broker must not outlive its supervisor.
 */
function endWithSupervisor(): void {
  process.on('disconnect', () => whenAlone());
  if (hasLostSupervisor()) whenAlone();
}

/** It had a channel, and that is closed. Without one, a person started it. */
function hasLostSupervisor(): boolean {
  return process.send !== undefined && !process.connected;
}

async function start(
  { name, begin }: Pick<ReturnType<Opening>, 'begin'> & { name: string },
  settings: Settings,
  { logger, counts, flush, mute }: ReturnType<typeof createLogger>,
): Promise<void> {
  let stopping = false;
  let ready = false;
  const telemetry = await telemetryOf(name, settings, logger);
  const log = (message: string): void => logger.warn({}, message);
  const nc = await connectAs(settings, log);
  void nc.closed().then((error) => {
    if (stopping) return;
    // It does not close by itself; if it does all the same, this process does nothing any more: a new one
    // may.
    logger.error({ error: messageOf(error ?? 'closed') }, 'the connection to the broker is closed for good');
    flush();
    process.exit(1);
  });
  const pulse = brokerPulse({ ping: () => nc.flush() });
  const { door, prepare, drain } = await begin({
    settings,
    nc,
    logger,
    lineCounts: counts,
    log,
    telemetry,
    isReady: () => ready && pulse.answers(),
    end: (why) => {
      logger.error({ why }, 'this process ends');
      flush();
      process.exit(1);
    },
    onDefect: (error, { method, url }) =>
      logger.error({ method, url, error: messageOf(error) }, 'defect of a door'),
  });
  const url = await door.listen({ host: '127.0.0.1', port: settings.httpPort });
  await prepare();
  ready = true;
  logger.info({ url }, 'ready');
  // A supervisor that has just died hears nothing; what follows from that is seen to below.
  process.send?.({ ready: true, url }, undefined, undefined, () => {});

  const stop = async (why: string): Promise<void> => {
    if (stopping) return;
    stopping = true;
    ready = false;
    pulse.stop();
    logger.info({ why }, 'draining');
    const forced = setTimeout(() => process.exit(1), DRAIN_MS);
    await Promise.allSettled([door.close(), drain()]);
    await telemetry.stop(); // while the broker can still be asked what the metrics tell
    await Promise.allSettled([nc.drain()]);
    clearTimeout(forced);
    logger.info({}, 'stopped');
    flush();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
  whenAlone = () => {
    mute(); // whoever read the log is gone
    void stop('the supervisor is gone');
  };
  if (hasLostSupervisor()) whenAlone();
}

const telemetryOf = (
  service: string,
  { instance, telemetry: settings }: Settings,
  logger: Logger,
): Promise<Telemetry> => startTelemetry({ service, instance, settings, logger });

async function connectAs(settings: Settings, log: (line: string) => void): Promise<Broker> {
  const { user, password, inboxPrefix } = settings.credentials ?? {};
  const url = settings.natsUrl.split(',');
  const { natsCa: ca, instance: name } = settings;
  return await connectBroker({ url, ca, user, password, inboxPrefix, name, log });
}
