import { dirname } from 'node:path';
import type { Recovering } from '@refrain/event-log';
import type { DoorOptions } from '@refrain/http';
import {
  guardReconnects,
  jetStreamEventLog,
  jetStreamGoverning,
  jetStreamRecovering,
  jetStreamSchedules,
  jetStreamSnapshots,
  platformIdOf,
} from '@refrain/jetstream';
import {
  importIdOf,
  isPlatformHeld,
  measuredGoverning,
  personalPathsOf,
  readImport,
  readRecovery,
  recoveryIdOf,
  type ServiceDefinition,
  type ServiceHandle,
  ServiceHost,
} from '@refrain/runtime';
import { codeHashOf } from './code-hash.ts';
import { operatorRoutes } from './operator-routes.ts';
import { type Begun, type ProcessParts, runProcess } from './run-process.ts';
import { serviceMetrics } from './service-metrics.ts';
import type { Settings } from './settings.ts';
import { systemChance, systemClock } from './system.ts';
import type { FastifyInstance } from 'fastify';

/** The HTTP door of a process. */
export type Door = FastifyInstance;

/** What the door may tell of the process's health. */
export interface Health {
  /** Whether it takes work now. A dependency that is down does not change it. */
  readonly isReady: () => boolean;
  /** The page of `GET /metrics`. */
  readonly metrics: NonNullable<DoorOptions['metrics']>;
  readonly tracing: NonNullable<DoorOptions['tracing']>;
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

/** Runs a service as a process: see `runProcess`. It drains what it has begun before it ends. */
export async function runService(spec: ServiceProcess, env: NodeJS.ProcessEnv): Promise<void> {
  await runProcess(spec.service, env, (settings) => {
    const definition = spec.define(settings);
    const begin = (parts: ProcessParts): Promise<Begun> => beginService(spec, definition, parts);
    return { personal: personalPathsOf(definition), begin };
  });
}

async function beginService(
  { service, door: open, prepare }: ServiceProcess,
  definition: ServiceDefinition,
  { settings, nc, logger, lineCounts, log, telemetry, isReady, end, onDefect }: ProcessParts,
): Promise<Begun> {
  const { tracing, spanCounts } = telemetry;
  const { metrics, onAppended, pageOf } = serviceMetrics(service, { lines: lineCounts, spans: spanCounts });
  const { instance } = settings;
  const governed = measuredGoverning(jetStreamGoverning(nc, { log }), {
    metrics,
    clock: systemClock,
    instance,
  });
  const ports = {
    log: jetStreamEventLog(nc, { clock: systemClock, log, onAppended }),
    schedules: jetStreamSchedules(nc, { log }),
    clock: systemClock,
    chance: systemChance,
    logger,
    tracing,
    metrics,
    governing: governed.governing,
    recovering: jetStreamRecovering(nc),
    snapshots: jetStreamSnapshots(nc, service),
  };
  const onVoid = (): void => end(VOID);
  const held = await isPlatformHeld(ports.recovering.bucket);
  await guardAgainstVoid(nc, ports.recovering, onVoid);
  const platformId = await platformIdOf(nc, service);
  const codeHash = codeHashOf(dirname(process.argv[1] ?? ''));
  const snapshots = codeHash === undefined ? undefined : { codeHash };
  const host = new ServiceHost(definition, ports, {
    platformId,
    instance,
    onVoid,
    held,
    ...(snapshots && { snapshots }),
  });
  const page = pageOf(isReady, () => {
    governed.tell();
    return host.observe();
  });
  telemetry.tellMetrics(page.read);
  const door = await open(host, { isReady, metrics: page, tracing, onDefect }, settings);
  operatorRoutes(door, host.desk, host.readModels);
  return {
    door,
    prepare: async () => {
      await host.start();
      await prepare?.(host);
    },
    drain: () => host.drain(),
  };
}

const VOID = 'the broker was recovered or filled by an import, and what this process knows may be void';

/**
 * The broker may have come back without the end of what it had, or with what others wrote there: that is read
 * before anything is sent.
 */
async function guardAgainstVoid(
  nc: ProcessParts['nc'],
  { bucket }: Recovering,
  onVoid: () => void,
): Promise<void> {
  const { recovery } = await readRecovery(bucket);
  const { imported } = await readImport(bucket);
  guardReconnects(nc, (now) => {
    const isKnown =
      recoveryIdOf(now.recovery) === recovery?.id && importIdOf(now.imported) === imported?.sha256;
    if (!isKnown) onVoid();
    return isKnown;
  });
}
