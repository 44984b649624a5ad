import { messageOf } from '@refrain/errors';
import { connectBroker, jetStreamEventLog, jetStreamSchedules, platformIdOf } from '@refrain/jetstream';
import {
  noMetrics,
  personalPathsOf,
  type ServiceDefinition,
  type ServiceHandle,
  ServiceHost,
} from '@refrain/runtime';
import { createLogger, startTelemetry } from '@refrain/telemetry';
import { readSettings, type Settings } from './settings.ts';
import { systemChance, systemClock } from './system.ts';

/** The HTTP door of a process. */
export interface Door {
  listen(options: { host: string; port: number }): Promise<string>;
  close(): Promise<unknown>;
}

/** What the door may tell of the process's health. */
export interface Health {
  /** Whether it takes work now. A dependency that is down does not change it. */
  readonly isReady: () => boolean;
  /** Told of every error that nobody expected. */
  readonly onDefect: (error: unknown, request: { method: string; url: string }) => void;
}

export interface ServiceProcess {
  readonly service: string;
  /** The definition, from what the environment says. What is wrong with it is thrown as RF_CONFIG. */
  readonly define: (settings: Settings) => ServiceDefinition;
  readonly door: (handle: ServiceHandle, health: Health, settings: Settings) => Promise<Door>;
  /** What is to be done before it is ready. */
  readonly prepare?: (handle: ServiceHandle) => Promise<void>;
}

/**
 * Longest time a drain may take before the process ends anyway, in milliseconds: what was begun comes again.
 */
const DRAIN_MS = 11_000;

/**
 * Runs a service as a process: settings from the environment, broker, telemetry, door; says `{ ready: true,
 * url }` over its IPC channel; drains and ends on SIGTERM, SIGINT, or when the channel closes (its supervisor
 * died).
 */
export async function runService(spec: ServiceProcess, env: NodeJS.ProcessEnv): Promise<void> {
  let flush = (): void => {};
  endWithSupervisor();
  try {
    const settings = readSettings(spec.service, env);
    const definition = spec.define(settings);
    const personal = personalPathsOf(definition);
    const logs = createLogger({ name: settings.instance, level: settings.logLevel, personal });
    flush = logs.flush;
    await start({ ...spec, define: () => definition }, settings, logs);
  } catch (error) {
    flush();
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
    process.exit();
  }
}

/** What is done when the supervisor dies. Until the service runs there is nothing to drain. */
let whenAlone = (): void => process.exit(1);

/**
 * Listens before anything is waited for: a start that hangs on its broker must not outlive its supervisor.
 */
function endWithSupervisor(): void {
  process.on('disconnect', () => whenAlone());
  if (hasLostSupervisor()) whenAlone();
}

async function start(
  spec: ServiceProcess,
  settings: Settings,
  { logger, flush, mute }: ReturnType<typeof createLogger>,
): Promise<void> {
  const { service } = spec;
  let stopping = false;
  const telemetry = await startTelemetry({ service, endpoint: settings.otlpEndpoint, logger });
  const log = (message: string): void => logger.warn({}, message);
  const { user, password, inboxPrefix } = settings.credentials ?? {};
  const nc = await connectBroker({
    url: settings.natsUrl.split(','),
    user,
    password,
    inboxPrefix,
    name: settings.instance,
    log,
  });
  void nc.closed().then((error) => {
    if (stopping) return;
    // It does not close by itself; if it does all the same, this process does nothing any more: a new one
    // may.
    logger.error({ error: messageOf(error ?? 'closed') }, 'the connection to the broker is closed for good');
    flush();
    process.exit(1);
  });
  const ports = {
    log: jetStreamEventLog(nc, { clock: systemClock, log }),
    schedules: jetStreamSchedules(nc, { log }),
    clock: systemClock,
    chance: systemChance,
    logger,
    tracing: telemetry.tracing,
    metrics: noMetrics,
    governing: undefined,
  };
  const host = new ServiceHost(spec.define(settings), ports, {
    platformId: await platformIdOf(nc, service),
    instance: settings.instance,
  });
  let ready = false;
  const health: Health = {
    isReady: () => ready,
    onDefect: (error, { method, url }) =>
      logger.error({ method, url, error: messageOf(error) }, 'defect of a door'),
  };
  const door = await spec.door(host, health, settings);
  const url = await door.listen({ host: '127.0.0.1', port: settings.httpPort });
  await host.start();
  await spec.prepare?.(host);
  ready = true;
  logger.info({ url }, 'ready');
  // A supervisor that has just died hears nothing; what follows from that is seen to below.
  process.send?.({ ready: true, url }, undefined, undefined, () => {});

  const stop = async (why: string): Promise<void> => {
    if (stopping) return;
    stopping = true;
    ready = false;
    logger.info({ why }, 'draining');
    const forced = setTimeout(() => process.exit(1), DRAIN_MS);
    await Promise.allSettled([door.close(), host.drain()]);
    await Promise.allSettled([telemetry.stop(), nc.drain()]);
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

/** It had a channel, and that is closed. Without one, a person started it. */
function hasLostSupervisor(): boolean {
  return process.send !== undefined && !process.connected;
}
