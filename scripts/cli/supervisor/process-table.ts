import { join } from 'node:path';
import type { Config } from '../config.ts';
import { root } from '../paths.ts';
import type { ProcessSpec, Stage } from './child-process.ts';
import { credentialsPath } from './credentials.ts';
import { type FoundService, foundServices, serviceNames } from './found-services.ts';
import { portOffsets } from './ports.ts';

const sandboxNames = ['psp', 'mail'] as const;
/** What there may be several instances of, and `--instances` may name. */
export const instanceNames: readonly string[] = ['governor', ...serviceNames];
/** What `--only` may name. */
export const childNames: readonly string[] = [...sandboxNames, ...instanceNames, 'console'];

const lookingGraceMs = 3_000;
const serviceGraceMs = 12_000;
/** The local stand-in takes any test key. */
const sandboxKey = 'sk_test_refrain_sandbox';

/** How long a process of a stage may take to end, in milliseconds. */
export const graceMsOf = (stage: Stage): number =>
  stage === 'sandbox' || stage === 'console' ? lookingGraceMs : serviceGraceMs;

/**
 * What a process of the table is an instance of, by its name: `payments-2` is one of payments. `undefined`:
 * this checkout has nothing of that name.
 */
export function roleOf(name: string): { readonly of: string; readonly stage: Stage } | undefined {
  const of = childNames.includes(name) ? name : name.replace(/-\d+$/, '');
  if (name === 'console') return { of, stage: 'console' };
  if (sandboxNames.some((sandboxName) => sandboxName === name)) return { of, stage: 'sandbox' };
  const found = [governor, ...foundServices].find((one) => one.name === of);
  return found && { of, stage: stageOf(found) };
}

export interface TableInput {
  readonly config: Config;
  /** Where the broker is, without credentials. */
  readonly natsUrl: string;
  /** Missing where the broker asks for no credentials. */
  readonly credentialsFolder: string | undefined;
  readonly only: readonly string[];
  /** By name; missing: one. */
  readonly instances: Readonly<Record<string, number>>;
}

/**
 * Every sandbox, governor and service that is to run, and the console, as data. A real provider takes the
 * place of its sandbox.
 */
export function processTable(input: TableInput): ProcessSpec[] {
  const { config, only } = input;
  const replaced = { psp: config.stripeApiKey !== undefined, mail: config.smtpUrl !== undefined };
  const sandboxes = sandboxNames.filter((name) => only.includes(name) && !replaced[name]);
  const services = [governor, ...foundServices].filter(({ name }) => only.includes(name));
  return [
    ...sandboxes.map((name) => sandbox(name, config)),
    ...services.flatMap((found) =>
      Array.from({ length: input.instances[found.name] ?? 1 }, (_, index) =>
        service(found, index + 1, input),
      ),
    ),
    ...(only.includes('console') ? [consoleOf(config)] : []),
  ];
}

function consoleOf({ dataFolder, logLevel, portBase, console: settings }: Config): ProcessSpec {
  const port = portBase + portOffsets.console;
  return {
    name: 'console',
    stage: 'console',
    entry: join(root, 'scripts', 'console', 'main.ts'),
    env: { REFRAIN_DATA: dataFolder, LOG_LEVEL: logLevel, CONSOLE_PORT: String(port), ...settings },
    ports: { console: port },
    graceMs: graceMsOf('console'),
  };
}

const portOf = ({ portBase }: Config, name: keyof typeof portOffsets): number => portBase + portOffsets[name];
const localUrl = (scheme: string, port: number): string => `${scheme}://127.0.0.1:${port}`;

function sandbox(name: (typeof sandboxNames)[number], config: Config): ProcessSpec {
  const common = { REFRAIN_DATA: config.dataFolder, LOG_LEVEL: config.logLevel };
  const http = portOf(config, name);
  const smtp = portOf(config, 'smtp');
  return {
    name,
    stage: 'sandbox',
    entry: join(root, 'infra', 'sandbox', name, 'main.ts'),
    env:
      name === 'psp'
        ? { ...common, PSP_PORT: String(http) }
        : { ...common, MAIL_HTTP_PORT: String(http), MAIL_SMTP_PORT: String(smtp) },
    ports: name === 'psp' ? { psp: http } : { mail: http, smtp },
    graceMs: graceMsOf('sandbox'),
  };
}

const governor: FoundService = { name: 'governor', port: portOffsets.governor, edge: false, env: {} };
const stageOf = ({ name, edge }: FoundService): Stage =>
  name === 'governor' ? 'governor' : edge ? 'edge' : 'service';

function service(found: FoundService, nth: number, input: TableInput): ProcessSpec {
  const { config, natsUrl, credentialsFolder } = input;
  const { name } = found;
  const instance = nth === 1 ? name : `${name}-${nth}`;
  const port = nth === 1 && found.port !== undefined ? config.portBase + found.port : 0;
  return {
    name: instance,
    stage: stageOf(found),
    entry: join(root, 'services', name, 'main.ts'),
    env: {
      REFRAIN_INSTANCE: instance,
      REFRAIN_DATA: config.dataFolder,
      REFRAIN_HTTP_PORT: String(port),
      NATS_URL: natsUrl,
      ...(config.natsCa !== undefined && { NATS_CA: config.natsCa }),
      ...(credentialsFolder !== undefined && {
        REFRAIN_NATS_CREDENTIALS: credentialsPath(credentialsFolder, name),
      }),
      LOG_LEVEL: config.logLevel,
      LOG_SAMPLE: String(config.logSample),
      ...config.otel,
      ...config.ofServices[name],
      ...extras(name, config),
    },
    ports: port === 0 ? {} : { [name]: port },
    graceMs: graceMsOf(stageOf(found)),
  };
}

/** What one service gets of the shop's own settings, and no other. */
function extras(name: string, config: Config): Record<string, string> {
  const ofService: Record<string, Record<string, string>> = {
    orders: { ORDER_DEADLINE_S: String(config.orderDeadlineS) },
    payments:
      config.stripeApiKey === undefined
        ? { PSP_URL: localUrl('http', portOf(config, 'psp')), STRIPE_API_KEY: sandboxKey }
        : { STRIPE_API_KEY: config.stripeApiKey }, // without PSP_URL the client speaks to the provider itself
    notifications: { SMTP_URL: config.smtpUrl ?? localUrl('smtp', portOf(config, 'smtp')) },
  };
  return ofService[name] ?? {};
}
