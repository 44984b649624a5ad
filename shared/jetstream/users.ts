import type { BrokerPlan } from './topology.ts';
import type { UserPlan } from './user-plans.ts';

export interface BrokerUser {
  /** A user of the plan. */
  readonly name: string;
  /** The password, or its bcrypt hash as nats-server takes it. */
  readonly password: string;
}

export interface ServerConfig {
  readonly plan: Pick<BrokerPlan, 'users'>;
  /** One for each user of the plan; a user without a password is left out and cannot connect. */
  readonly users: readonly BrokerUser[];
  readonly port: number;
  readonly storeDir: string;
  readonly serverName?: string;
  /** `always`, or a duration such as `10s`. Default: the server's, 2 min. A power cut can take that much. */
  readonly syncInterval?: string;
  /** For more than one node. */
  readonly cluster?: ClusterConfig | undefined;
}

export interface ClusterConfig {
  readonly name: string;
  /** Where this node hears the others. */
  readonly port: number;
  /** Routes of all of them, with user and password: `nats://route:secret@127.0.0.1:4032`. */
  readonly routes: readonly string[];
  /** What a node must say to be let in: over a route everything is heard. */
  readonly user: string;
  readonly password: string;
}

/** Also keeps a `$` of a bcrypt hash from being read as a variable. */
const quoted = (text: string): string => JSON.stringify(text);
const list = (texts: readonly string[]): string => `[${texts.map(quoted).join(', ')}]`;

/**
 * The text of a nats-server configuration: 127.0.0.1 only, JetStream, and the plan's users with what each may
 * do. Nobody connects without a name.
 */
export function natsServerConfig(c: ServerConfig): string {
  return [
    ...(c.serverName === undefined ? [] : [`server_name: ${quoted(c.serverName)}`]),
    `listen: "127.0.0.1:${c.port}"`,
    'jetstream {',
    `  store_dir: ${quoted(c.storeDir)}`,
    ...(c.syncInterval === undefined ? [] : [`  sync_interval: ${quoted(c.syncInterval)}`]),
    '}',
    ...(c.cluster ? clusterBlock(c.cluster) : []),
    natsUsersConfig(c),
  ].join('\n');
}

/** The part of a configuration that says who may do what: to be included in that of a broker of one's own. */
export function natsUsersConfig({ plan, users }: Pick<ServerConfig, 'plan' | 'users'>): string {
  const blocks = plan.users.flatMap((planned) => {
    const login = users.find(({ name }) => name === planned.name);
    return login ? [userBlock(planned, login.password)] : [];
  });
  return ['authorization {', '  users = [', ...blocks, '  ]', '}', ''].join('\n');
}

const userBlock = ({ name, publish, subscribe }: UserPlan, password: string): string =>
  `    { user: ${quoted(name)}, password: ${quoted(password)}, permissions: {
        publish: { allow: ${list(publish)} }, subscribe: { allow: ${list(subscribe)} } } }`;

const clusterBlock = ({ name, port, routes, user, password }: ClusterConfig): string[] => [
  'cluster {',
  `  name: ${quoted(name)}`,
  `  listen: "127.0.0.1:${port}"`,
  `  authorization { user: ${quoted(user)}, password: ${quoted(password)} }`,
  // Clients go where they were told to, and nowhere else.
  '  no_advertise: true',
  `  routes: ${list(routes)}`,
  '}',
];
