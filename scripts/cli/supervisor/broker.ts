import { chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RefrainError, messageOf } from '@refrain/errors';
import { type BrokerPlan, connectBroker, natsServerConfig, reconcile } from '@refrain/jetstream';
import { findNatsServer } from '../../nats-server.mjs';
import { loginAs } from '../broker-login.ts';
import type { Config } from '../config.ts';
import { type BrokerNode, brokerNodes, clusterOf, type NodeCount, routeUser } from './broker-nodes.ts';
import type { ProcessSpec } from './child-process.ts';
import { foreignCredentials, ownCredentials, withoutCredentials } from './credentials.ts';

/** The broker of a shop: one that `up` starts, or the one that NATS_URL names. */
export interface Broker {
  /** Without credentials: processes get theirs as files. */
  readonly natsUrl: string;
  /** Where each user's credentials lie; missing where it asks for none. */
  readonly credentialsFolder?: string | undefined;
  /** The authorities that its certificate is checked by. */
  readonly natsCa?: string | undefined;
  /** The keepers of its nodes, where it is ours. */
  readonly specs: readonly ProcessSpec[];
  /** What a person should know of it. */
  readonly note: string;
}

const keeperEntry = fileURLToPath(new URL('./nats-keeper.ts', import.meta.url));

/** What must be there and free for a broker of ours; nothing where NATS_URL names one. */
export const brokerNeeds = (config: Config, count: NodeCount): Pick<ProcessSpec, 'entry' | 'ports'>[] =>
  config.natsUrl === undefined
    ? brokerNodes(config, count).map(({ ports }) => ({ entry: keeperEntry, ports }))
    : [];

/** @throws RF_CONFIG when NATS_SERVER_BIN names what is no server, or too old a one; nothing was done. */
export function checkServer({ natsUrl, natsServerBin }: Config): void {
  if (natsUrl === undefined && natsServerBin !== undefined) locate(natsServerBin, () => {});
}

/** The keeper itself waits 5 s for its server. */
const keeperGraceMs = 7_000;

interface OwnBroker {
  readonly config: Config;
  readonly plan: BrokerPlan;
  /** Where each user's credentials lie. */
  readonly folder: string;
  readonly nodes: NodeCount;
  readonly say: (text: string) => void;
}

/** Draws what is missing of the credentials and writes each node's configuration. Nothing runs yet. */
export function ownBroker({ config, plan, folder, nodes: count, say }: OwnBroker): Broker {
  const server = locate(config.natsServerBin, say);
  const nodes = brokerNodes(config, count);
  // The last first: see `refuseOtherNodes`.
  for (const { home } of nodes.toReversed()) {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    chmodSync(home, 0o700);
  }
  writeServerConfigs({ ...config, plan, folder, nodes: count });
  const specs = nodes.map((node): ProcessSpec => {
    const log = join(config.dataFolder, 'logs', `${node.name}.log`);
    return {
      name: node.name,
      stage: 'broker',
      entry: keeperEntry,
      args: [server.bin, configOf(node), node.url, log, config.dataFolder],
      env: {},
      ports: node.ports,
      graceMs: keeperGraceMs,
    };
  });
  return {
    natsUrl: nodes.map(({ url }) => url).join(','),
    credentialsFolder: folder,
    specs,
    note: `nats-server ${server.version} (${server.from})${count === 1 ? '' : `, ${count} nodes`}`,
  };
}

const configOf = ({ home }: BrokerNode): string => join(home, 'nats.conf');

/** Writes each node's configuration, with a password for every user. A node that runs has to be told. */
export function writeServerConfigs({
  plan,
  folder,
  nodes: count,
  ...place
}: Pick<OwnBroker, 'plan' | 'folder' | 'nodes'> & Pick<Config, 'dataFolder' | 'portBase'>): void {
  const nodes = brokerNodes(place, count);
  const names = plan.users.map(({ name }) => name);
  const secrets = ownCredentials(folder, count === 1 ? names : [...names, routeUser]);
  const users = [...secrets].map(([name, { password }]) => ({ name, password }));
  const password = secrets.get(routeUser)?.password ?? '';
  for (const node of nodes) {
    const cluster = clusterOf(node, nodes, password);
    const serverName = cluster ? node.name : 'refrain';
    const server = { port: node.port, storeDir: join(node.home, 'store'), serverName };
    const text = natsServerConfig({ plan, users, ...server, ...(cluster && { cluster }) });
    const file = configOf(node);
    // It holds every password, so nobody else may read it.
    writeFileSync(`${file}.next`, text, { mode: 0o600 });
    renameSync(`${file}.next`, file);
  }
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
  const users = plan.users.filter(({ outside }) => !outside).map(({ name }) => name);
  const some = foreignCredentials(folder, { url, users, usersFile: config.natsUsers });
  const natsUrl = withoutCredentials(url);
  const shares = some ? 'its credentials' : 'its one account';
  const together =
    `: all services share ${shares}, nothing keeps one from another's subjects ` +
    '(NATS_USERS gives each its own)';
  const note = `the broker at ${natsUrl} is not ours${config.natsUsers === undefined ? together : ''}`;
  return { natsUrl, natsCa: config.natsCa, credentialsFolder: some ? folder : undefined, specs: [], note };
}

/**
 * Makes the streams, durables and what else the plan has, or what is missing of it.
 * @throws RF_UNREACHABLE, RF_BROKER_TOO_OLD, RF_TOPOLOGY.
 */
export async function reconcileBroker(
  broker: Omit<Broker, 'note' | 'specs'>,
  plan: BrokerPlan,
): Promise<void> {
  const connection = await connectBroker(loginAs(broker, 'admin', 'up'));
  try {
    await reconcile(connection, plan);
  } finally {
    await connection.close();
  }
}
