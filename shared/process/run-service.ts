import type { DoorOptions } from '@refrain/http';
import { jetStreamEventLog, jetStreamGoverning, jetStreamSchedules, platformIdOf } from '@refrain/jetstream';
import {
  measuredGoverning,
  personalPathsOf,
  type ServiceDefinition,
  type ServiceHandle,
  ServiceHost,
} from '@refrain/runtime';
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
  { settings, nc, logger, log, tracing, isReady, onDefect }: ProcessParts,
): Promise<Begun> {
  const { metrics, onAppended, pageOf } = serviceMetrics(service);
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
  };
  const host = new ServiceHost(definition, ports, { platformId: await platformIdOf(nc, service), instance });
  const page = pageOf(isReady, () => {
    governed.tell();
    return host.observe();
  });
  const door = await open(host, { isReady, metrics: page, onDefect }, settings);
  operatorRoutes(door, host.desk);
  return {
    door,
    prepare: async () => {
      await host.start();
      await prepare?.(host);
    },
    drain: () => host.drain(),
  };
}
