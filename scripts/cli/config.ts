import { isAbsolute, join, resolve } from 'node:path';
import { RefrainError } from '@refrain/errors';
import { telemetryVariables } from '@refrain/process/telemetry-settings';
import { DEADLINE_S_DEFAULT } from '@refrain/service-orders/deadline';
import type { z } from 'zod';
import { type Found, openSources, type Source, type Sourced } from './config-sources.ts';
import { isHttpUrl, isLiveKey, isLoopback, masked, schemas } from './config-values.ts';
import { root } from './paths.ts';
import { foundServices } from './supervisor/found-services.ts';

type Name = keyof typeof schemas;
type ValueOf<N extends Name> = z.output<(typeof schemas)[N]>;

export interface Config {
  /** A broker that is there already. Without it, `up` starts one. */
  readonly natsUrl: string | undefined;
  readonly natsUsers: string | undefined;
  /** Absolute path of the authorities that the broker's certificate is checked by. */
  readonly natsCa: string | undefined;
  readonly natsServerBin: string | undefined;
  /** Absolute path of the folder that holds everything a shop keeps. */
  readonly dataFolder: string;
  readonly logLevel: ValueOf<'LOG_LEVEL'>;
  readonly logSample: number;
  readonly orderDeadlineS: number;
  /** Only with real providers. */
  readonly stripeApiKey: string | undefined;
  readonly smtpUrl: string | undefined;
  readonly realProviders: boolean;
  readonly portBase: number;
  /** What the console reads of its environment: only what was given. */
  readonly console: Readonly<Record<string, string>>;
  /** Every `OTEL_*` variable, as it was given. */
  readonly otel: Readonly<Record<string, string>>;
  /** What each found service reads besides, by its name: of the environment, or what it says itself. */
  readonly ofServices: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** What `refrain config` shows: secrets are masked in it. */
  readonly entries: readonly ConfigEntry[];
}

export interface ConfigEntry {
  readonly name: string;
  readonly value: string | null;
  readonly source: Source;
  /** Why a value that is there is not used. */
  readonly note?: string;
}

export interface ConfigInput {
  readonly env: NodeJS.ProcessEnv;
  readonly flags?: { readonly portBase?: number | undefined; readonly realProviders?: boolean };
  /** Default: `.env` in the checkout. */
  readonly envFile?: string;
}

const needsRealProviders = 'not read without --real-providers';

/**
 * The effective configuration: flags before environment before the `.env` file before defaults.
 * @throws RF_CONFIG naming every wrong value; nothing has been started.
 */
export function readConfig({ env, flags = {}, envFile = join(root, '.env') }: ConfigInput): Config {
  const realProviders = flags.realProviders ?? false;
  const portBase = flags.portBase === undefined ? undefined : String(flags.portBase);
  const found = openSources({ flags: { '--port-base': portBase }, env, envFile });
  const reader = createReader(found);
  const provider = <N extends 'STRIPE_API_KEY' | 'SMTP_URL'>(name: N) =>
    realProviders ? reader.read(name) : reader.passOver(name, needsRealProviders);
  const values = {
    natsUrl: reader.read('NATS_URL'),
    natsUsers: reader.read('NATS_USERS'),
    natsCa: absolute(reader.read('NATS_CA')),
    natsServerBin: reader.read('NATS_SERVER_BIN'),
    dataFolder: dataFolder(reader.read('REFRAIN_DATA', '.refrain'), found.find('REFRAIN_DATA')),
    logLevel: reader.read('LOG_LEVEL', 'info'),
    logSample: reader.read('LOG_SAMPLE', '1'),
    orderDeadlineS: reader.read('ORDER_DEADLINE_S', String(DEADLINE_S_DEFAULT)),
    stripeApiKey: provider('STRIPE_API_KEY'),
    smtpUrl: provider('SMTP_URL'),
    realProviders,
    portBase: reader.read('--port-base', '4000'),
    console: consoleSettings(reader),
    otel: reader.all('OTEL_'),
    ofServices: Object.fromEntries(foundServices.map((one) => [one.name, reader.declared(one.env)])),
  };
  reader.say('--real-providers', realProviders);
  const problems = [
    ...found.problems,
    ...reader.problems,
    ...wrongTelemetry(values.otel, found),
    ...contradictions(values, found),
  ];
  if (problems.length > 0) throw new RefrainError('RF_CONFIG', { problems: problems.join('; ') });
  return { ...values, entries: reader.entries };
}

/**
 * Where telemetry goes is a URL, and what is told is one of few words; every process would find that out by
 * itself, one by one.
 */
function wrongTelemetry(otel: Config['otel'], found: Found): string[] {
  const variables: Readonly<Record<string, z.ZodType>> = telemetryVariables;
  return Object.entries(otel).flatMap(([name, value]) => {
    const given = `${found.find(name)?.given ?? name} is "${masked(name, value)}"`;
    if (name.endsWith('_ENDPOINT'))
      return isHttpUrl(value) ? [] : [`${given}, expected http://host:port or https://host:port`];
    const { error } = variables[name]?.safeParse(value) ?? {};
    return error ? [`${given}: ${error.issues.map(({ message }) => message).join(', ')}`] : [];
  });
}

/**
 * Where a shop keeps its data, for commands that need no other value.
 * @throws RF_CONFIG when that one is wrong.
 */
export function readDataFolder({ env, envFile = join(root, '.env') }: Omit<ConfigInput, 'flags'>): string {
  const found = openSources({ flags: {}, env, envFile });
  const reader = createReader(found);
  const folder = dataFolder(reader.read('REFRAIN_DATA', '.refrain'), found.find('REFRAIN_DATA'));
  if (reader.problems.length > 0)
    throw new RefrainError('RF_CONFIG', { problems: reader.problems.join('; ') });
  return folder;
}

function contradictions(
  values: Pick<Config, 'natsUsers' | 'natsUrl' | 'realProviders' | 'stripeApiKey' | 'smtpUrl'>,
  found: Found,
): string[] {
  const problems: string[] = [];
  if (found.find('NATS_USERS') && !found.find('NATS_URL')) {
    problems.push('NATS_USERS is for a broker named by NATS_URL, which is not set');
  }
  if (found.find('NATS_CA') && !found.find('NATS_URL')) {
    problems.push('NATS_CA is for a broker named by NATS_URL, which is not set');
  }
  if (values.realProviders && !found.find('STRIPE_API_KEY') && !found.find('SMTP_URL')) {
    problems.push('--real-providers needs STRIPE_API_KEY or SMTP_URL, neither is set');
  }
  const host = found.find('CONSOLE_HOST');
  if (host && !isLoopback(host.value) && !found.find('CONSOLE_TOKEN')) {
    problems.push(
      `${host.given} is "${host.value}", which others reach: it needs CONSOLE_TOKEN, which is not set`,
    );
  }
  // A live key in a developer's shell is not ours; one in this project's own file was meant for us.
  const key = values.realProviders ? undefined : found.find('STRIPE_API_KEY');
  if (key?.source === '.env' && isLiveKey(key.value)) {
    problems.push('STRIPE_API_KEY (.env) is a live key: live keys are refused everywhere in this sample');
  }
  return problems;
}

/** Checked here, so that all that is wrong is told at once; read again by the process that they are for. */
function consoleSettings(reader: ReturnType<typeof createReader>): Record<string, string> {
  const host = reader.read('CONSOLE_HOST', '127.0.0.1');
  const readOnly = reader.read('CONSOLE_READ_ONLY', 'false');
  const token = reader.read('CONSOLE_TOKEN');
  const traceUrl = reader.read('TRACE_URL_TEMPLATE');
  return {
    CONSOLE_HOST: host,
    ...(readOnly && { CONSOLE_READ_ONLY: 'true' }),
    ...(token !== undefined && { CONSOLE_TOKEN: token }),
    ...(traceUrl !== undefined && { TRACE_URL_TEMPLATE: traceUrl }),
  };
}

/** Processes of the shop run elsewhere. */
const absolute = (path: string | undefined): string | undefined => path && resolve(path);

/** A relative folder lies where it was named: in the shell's folder, or beside the `.env` file. */
function dataFolder(path: string, named: Sourced | undefined): string {
  if (isAbsolute(path)) return path;
  return named?.source === 'environment' ? resolve(path) : join(root, path);
}

function createReader(found: Found) {
  const entries: ConfigEntry[] = [];
  const problems: string[] = [];

  const show = (name: string, sourced: Sourced | undefined, usual?: string, note?: string): void => {
    if (entries.some((shown) => shown.name === name)) return; // two services read it
    const value = sourced ? masked(name, sourced.value) : (usual ?? null);
    entries.push({ name, value, source: sourced?.source ?? 'default', ...(note !== undefined && { note }) });
  };

  function read<N extends Name>(name: N, usual: string): ValueOf<N>;
  function read<N extends Name>(name: N): ValueOf<N> | undefined;
  function read(name: Name, usual?: string): unknown {
    const sourced = found.find(name);
    show(name, sourced, usual);
    const raw = sourced?.value ?? usual;
    if (raw === undefined) return undefined;
    const parsed = schemas[name].safeParse(raw);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    problems.push(`${sourced?.given ?? name} is "${masked(name, raw)}", ${issue?.message}`);
    // The rest is read as if the default stood here, so that one wrong value does not hide the others.
    return usual;
  }

  return {
    entries,
    problems,
    read,
    /** A switch that is no variable. */
    say: (name: string, on: boolean): void => {
      entries.push({ name, value: on ? 'on' : 'off', source: on ? 'flag' : 'default' });
    },
    passOver: (name: Name, note: string): undefined => {
      const sourced = found.find(name);
      show(name, sourced, undefined, sourced && note);
      return undefined;
    },
    /** Values of any shape, with what holds when nobody says. */
    declared: (usual: Readonly<Record<string, string>>): Record<string, string> =>
      Object.fromEntries(
        Object.entries(usual).map(([name, value]) => {
          const sourced = found.find(name);
          show(name, sourced, value);
          return [name, sourced?.value ?? value];
        }),
      ),
    all: (prefix: string): Record<string, string> => {
      const values: Record<string, string> = {};
      for (const name of found.namesFrom(prefix)) {
        const sourced = found.find(name);
        if (!sourced) continue;
        show(name, sourced);
        values[name] = sourced.value;
      }
      return values;
    },
  };
}
