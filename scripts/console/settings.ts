import { RefrainError } from '@refrain/errors';
import { z } from 'zod';
import { isLoopback, schemas } from '../cli/config-values.ts';

const schema = z.object({
  REFRAIN_DATA: z.string().min(1),
  /** 0 takes a free port. */
  CONSOLE_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  CONSOLE_HOST: schemas.CONSOLE_HOST.default('127.0.0.1'),
  CONSOLE_TOKEN: schemas.CONSOLE_TOKEN.optional(),
  CONSOLE_READ_ONLY: schemas.CONSOLE_READ_ONLY.optional(),
  TRACE_URL_TEMPLATE: schemas.TRACE_URL_TEMPLATE.optional(),
  LOG_LEVEL: schemas.LOG_LEVEL.default('info'),
});

/** What the console is told by its environment. */
export interface ConsoleSettings {
  readonly dataFolder: string;
  readonly port: number;
  readonly host: string;
  /** Who uses the console has to give it; without one nobody is asked. */
  readonly token: string | undefined;
  readonly readOnly: boolean;
  readonly traceUrlTemplate: string | undefined;
  readonly logLevel: string;
}

/** @throws RF_CONFIG naming every wrong value; nothing was started. */
export function readSettings(env: NodeJS.ProcessEnv): ConsoleSettings {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const { data, error } = schema.safeParse(given);
  const problems = error ? [z.prettifyError(error).replaceAll('\n', ' ')] : [];
  if (data && !isLoopback(data.CONSOLE_HOST) && data.CONSOLE_TOKEN === undefined)
    problems.push(`CONSOLE_HOST is "${data.CONSOLE_HOST}", which others reach: it needs CONSOLE_TOKEN`);
  if (!data || problems.length > 0) throw new RefrainError('RF_CONFIG', { problems: problems.join('; ') });
  return {
    dataFolder: data.REFRAIN_DATA,
    port: data.CONSOLE_PORT,
    host: data.CONSOLE_HOST,
    token: data.CONSOLE_TOKEN,
    readOnly: data.CONSOLE_READ_ONLY ?? false,
    traceUrlTemplate: data.TRACE_URL_TEMPLATE,
    logLevel: data.LOG_LEVEL,
  };
}
