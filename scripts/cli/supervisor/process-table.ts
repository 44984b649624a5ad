import { join } from 'node:path';
import type { Config } from '../config.ts';
import { root } from '../paths.ts';
import type { ProcessSpec } from './child-process.ts';
import { credentialsPath } from './credentials.ts';
import { portOffsets } from './ports.ts';

const sandboxNames = ['psp', 'mail'] as const;
/** Those with a log of their own. */
export const serviceNames = ['orders', 'payments', 'inventory', 'notifications'] as const;
export type ServiceName = (typeof serviceNames)[number];
/** What there may be several instances of, and `--instances` may name. */
export const instanceNames = ['governor', ...serviceNames] as const;
export type InstanceName = (typeof instanceNames)[number];
/** What `--only` may name. */
export const childNames = [...sandboxNames, ...instanceNames] as const;
export type ChildName = (typeof childNames)[number];

const sandboxGraceMs = 3_000;
const serviceGraceMs = 12_000;
/** The local stand-in takes any test key. */
const sandboxKey = 'sk_test_refrain_sandbox';

export interface TableInput {
  readonly config: Config;
  /** Where the broker is, without credentials. */
  readonly natsUrl: string;
  /** Missing where the broker asks for no credentials. */
  readonly credentialsFolder: string | undefined;
  readonly only: readonly ChildName[];
  readonly instances: Readonly<Partial<Record<InstanceName, number>>>;
}

/**
 * Every sandbox, governor and service that is to run, as data. A real provider takes the place of its
 * sandbox.
 */
export function processTable(input: TableInput): ProcessSpec[] {
  const { config, only } = input;
  const replaced: Record<ChildName, boolean> = {
    psp: config.stripeApiKey !== undefined,
    mail: config.smtpUrl !== undefined,
    governor: false,
    orders: false,
    payments: false,
    inventory: false,
    notifications: false,
  };
  const sandboxes = sandboxNames.filter((name) => only.includes(name) && !replaced[name]);
  const services = instanceNames.filter((name) => only.includes(name));
  return [
    ...sandboxes.map((name) => sandbox(name, config)),
    ...services.flatMap((name) =>
      Array.from({ length: input.instances[name] ?? 1 }, (_, index) => service(name, index + 1, input)),
    ),
  ];
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
    graceMs: sandboxGraceMs,
  };
}

function service(name: InstanceName, nth: number, input: TableInput): ProcessSpec {
  const { config, natsUrl, credentialsFolder } = input;
  const instance = nth === 1 ? name : `${name}-${nth}`;
  const port = nth === 1 ? portOf(config, name) : 0;
  return {
    name: instance,
    stage: stageOf(name),
    entry: join(root, 'services', name, 'main.ts'),
    env: {
      REFRAIN_INSTANCE: instance,
      REFRAIN_DATA: config.dataFolder,
      REFRAIN_HTTP_PORT: String(port),
      NATS_URL: natsUrl,
      ...(credentialsFolder !== undefined && {
        REFRAIN_NATS_CREDENTIALS: credentialsPath(credentialsFolder, name),
      }),
      LOG_LEVEL: config.logLevel,
      ...config.otel,
      ...extras(name, config),
    },
    ports: port === 0 ? {} : { [name]: port },
    graceMs: serviceGraceMs,
  };
}

const stageOf = (name: InstanceName): ProcessSpec['stage'] =>
  name === 'governor' ? 'governor' : name === 'orders' ? 'edge' : 'service';

/** What one service needs and no other gets. */
function extras(name: InstanceName, config: Config): Record<string, string> {
  const ofService: Record<InstanceName, Record<string, string>> = {
    governor: {},
    orders: { ORDER_DEADLINE_S: String(config.orderDeadlineS) },
    payments:
      config.stripeApiKey === undefined
        ? { PSP_URL: localUrl('http', portOf(config, 'psp')), STRIPE_API_KEY: sandboxKey }
        : { STRIPE_API_KEY: config.stripeApiKey }, // without PSP_URL the client speaks to the provider itself
    inventory: {},
    notifications: { SMTP_URL: config.smtpUrl ?? localUrl('smtp', portOf(config, 'smtp')) },
  };
  return ofService[name];
}
