import { readFileSync } from 'node:fs';
import { messageOf, RefrainError } from '@refrain/errors';
import type { TelemetrySettings } from '@refrain/telemetry';
import { z } from 'zod';
import { telemetrySettingsOf, telemetryVariables } from './telemetry-settings.ts';

const port = z.coerce.number().int().min(0).max(65_535);

/** What every process of a service is told, by its environment. */
const schema = z.object({
  /** Its name among the instances of the service. */
  REFRAIN_INSTANCE: z.string().min(1),
  /** Where it may keep files that can be made again. */
  REFRAIN_DATA: z.string().min(1).default('.refrain'),
  /** 0 takes a free port. */
  REFRAIN_HTTP_PORT: port.default(0),
  NATS_URL: z.string().min(1),
  /** The PEM file of the authorities that the broker's certificate is checked by. With it: TLS or nothing. */
  NATS_CA: z.string().optional(),
  /** A JSON file { user, password, inboxPrefix? }, readable by its owner only. Without it: no credentials. */
  REFRAIN_NATS_CREDENTIALS: z.string().optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  /** The share of flows whose routine lines are logged. */
  LOG_SAMPLE: z.coerce.number().min(0).max(1).default(1),
  ...telemetryVariables,
});

const credentials = z.object({ user: z.string(), password: z.string(), inboxPrefix: z.string().optional() });

/** What every process of a service is told, checked. `httpPort` 0: a free one. */
export interface Settings {
  readonly instance: string;
  readonly dataDir: string;
  readonly httpPort: number;
  readonly natsUrl: string;
  readonly natsCa: string | undefined;
  readonly credentials: z.output<typeof credentials> | undefined;
  readonly logLevel: string;
  readonly logSample: number;
  readonly telemetry: TelemetrySettings;
}

/** Reads what a process was told. @throws RF_CONFIG naming every wrong value at once; nothing was started. */
export function readSettings(service: string, env: NodeJS.ProcessEnv): Settings {
  const parsed = schema.safeParse({ REFRAIN_INSTANCE: service, ...withoutEmpty(env) });
  if (!parsed.success)
    throw new RefrainError('RF_CONFIG', { problems: z.prettifyError(parsed.error).replaceAll('\n', ' ') });
  const e = parsed.data;
  return {
    instance: e.REFRAIN_INSTANCE,
    dataDir: e.REFRAIN_DATA,
    httpPort: e.REFRAIN_HTTP_PORT,
    natsUrl: e.NATS_URL,
    natsCa: e.NATS_CA,
    credentials:
      e.REFRAIN_NATS_CREDENTIALS === undefined ? undefined : readCredentials(e.REFRAIN_NATS_CREDENTIALS),
    logLevel: e.LOG_LEVEL,
    logSample: e.LOG_SAMPLE,
    telemetry: telemetrySettingsOf(e),
  };
}

const withoutEmpty = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));

function readCredentials(path: string): z.output<typeof credentials> {
  try {
    return credentials.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new RefrainError('RF_CONFIG', {
      problems: `REFRAIN_NATS_CREDENTIALS=${path}: ${messageOf(error)}`,
    });
  }
}
