import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RefrainError, messageOf } from '@refrain/errors';
import { type BrokerPlan, connectBroker, natsServerConfig, reconcile } from '@refrain/jetstream';
import { findNatsServer } from '../../nats-server.mjs';
import { loginAs } from '../broker-login.ts';
import type { Config } from '../config.ts';
import type { ProcessSpec } from './child-process.ts';
import { foreignCredentials, ownCredentials, withoutCredentials } from './credentials.ts';
import { portOffsets } from './ports.ts';

/** The broker of a shop: one that `up` starts, or the one that NATS_URL names. */
export interface Broker {
  /** Without credentials: processes get theirs as files. */
  readonly natsUrl: string;
  /** Where each user's credentials lie; missing where it asks for none. */
  readonly credentialsFolder?: string | undefined;
  /** Its keeper, where it is ours. */
  readonly spec?: ProcessSpec;
  /** What a person should know of it. */
  readonly note: string;
}

const keeperEntry = fileURLToPath(new URL('./nats-keeper.ts', import.meta.url));
const natsPort = ({ portBase }: Config) => ({ nats: portBase + portOffsets.nats });

/** What must be there and free for a broker of ours; nothing where NATS_URL names one. */
export const brokerNeeds = (config: Config): Pick<ProcessSpec, 'entry' | 'ports'>[] =>
  config.natsUrl === undefined ? [{ entry: keeperEntry, ports: natsPort(config) }] : [];

/** @throws RF_CONFIG when NATS_SERVER_BIN names what is no server, or too old a one; nothing was done. */
export function checkServer({ natsUrl, natsServerBin }: Config): void {
  if (natsUrl === undefined && natsServerBin !== undefined) locate(natsServerBin, () => {});
}

/** The keeper itself waits 5 s for its server. */
const keeperGraceMs = 7_000;

export function ownBroker(
  config: Config,
  plan: BrokerPlan,
  folder: string,
  say: (text: string) => void,
): Broker {
  const server = locate(config.natsServerBin, say);
  const { nats: port } = natsPort(config);
  const url = `nats://127.0.0.1:${port}`;
  const secrets = ownCredentials(
    folder,
    plan.users.map(({ name }) => name),
  );
  const users = [...secrets].map(([name, { password }]) => ({ name, password }));
  const home = join(config.dataFolder, 'nats');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  chmodSync(home, 0o700);
  const file = join(home, 'nats.conf');
  // It holds every password.
  writeFileSync(
    `${file}.next`,
    natsServerConfig({ plan, users, port, storeDir: join(home, 'store'), serverName: 'refrain' }),
    { mode: 0o600 },
  );
  renameSync(`${file}.next`, file);
  const spec: ProcessSpec = {
    name: 'nats',
    stage: 'broker',
    entry: keeperEntry,
    args: [server.bin, file, url, join(config.dataFolder, 'logs', 'nats.log'), config.dataFolder],
    env: {},
    ports: natsPort(config),
    graceMs: keeperGraceMs,
  };
  return {
    natsUrl: url,
    credentialsFolder: folder,
    spec,
    note: `nats-server ${server.version} (${server.from})`,
  };
}

function locate(bin: string | undefined, log: (text: string) => void) {
  const { NATS_SERVER_BIN: _, ...env } = process.env;
  try {
    return findNatsServer({ log, env: bin === undefined ? env : { ...env, NATS_SERVER_BIN: bin } });
  } catch (error) {
    if (bin !== undefined)
      throw new RefrainError(
        'RF_CONFIG',
        { problems: messageOf(error).replace(/\.$/, '') },
        { cause: error },
      );
    throw new RefrainError(
      'RF_UNREACHABLE',
      { what: 'nats-server', where: 'this machine', problem: messageOf(error) },
      { cause: error },
    );
  }
}

export function foreignBroker(config: Config, url: string, plan: BrokerPlan, folder: string): Broker {
  const users = plan.users.map(({ name }) => name);
  const some = foreignCredentials(folder, { url, users, usersFile: config.natsUsers });
  const natsUrl = withoutCredentials(url);
  const shares = some ? 'its credentials' : 'its one account';
  const together =
    `: all services share ${shares}, nothing keeps one from another's subjects ` +
    '(NATS_USERS gives each its own)';
  const note = `the broker at ${natsUrl} is not ours${config.natsUsers === undefined ? together : ''}`;
  return { natsUrl, credentialsFolder: some ? folder : undefined, note };
}

/**
 * Makes the streams, durables and what else the plan has, or what is missing of it.
 * @throws RF_UNREACHABLE, RF_BROKER_TOO_OLD, RF_TOPOLOGY.
 */
export async function reconcileBroker(broker: Omit<Broker, 'note'>, plan: BrokerPlan): Promise<void> {
  const connection = await connectBroker(loginAs(broker, 'admin', 'up'));
  try {
    await reconcile(connection, plan);
  } finally {
    await connection.close();
  }
}
