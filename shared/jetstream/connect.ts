import { messageOf, RefrainError } from '@refrain/errors';
import { connect, type NatsConnection } from 'nats';
import { oneGreets } from './greeting.ts';
import type { Log } from './pull.ts';

/** Which broker, and as whom. */
export interface BrokerOptions {
  /** One server, or the servers of a cluster. */
  readonly url: string | readonly string[];
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  /** What the broker's monitoring calls this connection: `payments-2`. */
  readonly name: string;
  /** Default `_INBOX_<user>`, which is what the user may listen to; without a user `_INBOX`. */
  readonly inboxPrefix?: string | undefined;
  /**
   * The file of the authorities that the servers' certificates are checked by, PEM. It asks for TLS, as
   * `tls://` does; default: those that Node knows.
   */
  readonly ca?: string | undefined;
  /**
   * How long the first connection may take, in milliseconds. Default 10,000. A server that is frozen takes
   * connections and says nothing.
   */
  readonly firstMs?: number;
  /** Told when the connection goes and comes, and what the broker refuses. Default: nothing is told. */
  readonly log?: Log | undefined;
}

/** Older servers lack the message schedules that operations are parked with. */
const FLOOR = [2, 14] as const;

const FIRST_MS = 10_000;

const withoutPassword = (url: string): string => url.replace(/\/\/[^@/]*@/, '//');

/** The inbox prefix of a user. A service may listen to its own answers only. */
export const inboxPrefixOf = (user: string | undefined): string =>
  user === undefined ? '_INBOX' : `_INBOX_${user}`;

/**
 * Connects to the broker and stays connected: after a loss it tries again every 100 to 250 ms, for ever. A
 * server that says nothing for 10 to 15 s counts as lost.
 *
 * @throws RF_UNREACHABLE when the first connection fails, RF_BROKER_TOO_OLD for a server older than 2.14.
 */
export async function connectBroker(options: BrokerOptions): Promise<NatsConnection> {
  const servers = serversOf(options);
  const where = servers.map(withoutPassword).join(', ');
  const firstMs = options.firstMs ?? FIRST_MS;
  let nc: NatsConnection;
  try {
    // The client, when its first handshake fails, leaves another of itself that tries for ever: it is not
    // asked before a server speaks.
    await oneGreets(servers, firstMs);
    nc = await connect({
      ...loginOf(options),
      timeout: firstMs,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 100,
      reconnectJitter: 150,
      pingInterval: 5_000,
      maxPingOut: 2,
      // A password that is refused twice is perhaps being changed: the client would close for good.
      ignoreAuthErrorAbort: true,
    });
  } catch (error) {
    throw new RefrainError(
      'RF_UNREACHABLE',
      { what: 'nats-server', where, problem: messageOf(error) },
      { cause: error },
    );
  }
  const version = nc.info?.version ?? '0.0';
  if (!isNewEnough(version)) {
    await nc.close();
    throw new RefrainError('RF_BROKER_TOO_OLD', { where, version, floor: FLOOR.join('.') });
  }
  if (options.log) void tell(nc, options.log);
  return nc;
}

const serversOf = ({ url }: BrokerOptions): string[] => (typeof url === 'string' ? [url] : [...url]);

/** To whom and as whom, as the client wants it. */
function loginOf(options: BrokerOptions) {
  const { user, password, name, inboxPrefix, ca } = options;
  const servers = serversOf(options);
  const tls = ca !== undefined || servers.some((url) => url.trim().startsWith('tls:'));
  return {
    servers,
    name,
    inboxPrefix: inboxPrefix ?? inboxPrefixOf(user),
    ...(user !== undefined && { user, pass: password ?? '' }),
    // With it the client refuses a server that would speak in the clear.
    ...(tls && { tls: ca === undefined ? {} : { caFile: ca } }),
  };
}

/** Whether the broker lets this user in, asked once: for one whose users are being changed. */
export async function canLogIn(options: BrokerOptions): Promise<boolean> {
  try {
    const nc = await connect({ ...loginOf(options), timeout: FIRST_MS, reconnect: false });
    await nc.close();
    return true;
  } catch {
    return false;
  }
}

const ASK_MS = 2_000;

/** Whether the broker answers this user on all these subjects, asked once: as `canLogIn`. */
export async function mayAsk(options: BrokerOptions, subjects: readonly string[]): Promise<boolean> {
  try {
    const nc = await connect({ ...loginOf(options), timeout: FIRST_MS, reconnect: false });
    try {
      await Promise.all(subjects.map((subject) => nc.request(subject, '', { timeout: ASK_MS })));
      return true;
    } finally {
      await nc.close();
    }
  } catch {
    return false;
  }
}

/** Whether a version of nats-server, `2.15.1` or `2.15.0-beta.1`, has what Refrain needs. */
export function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  return major > FLOOR[0] || (major === FLOOR[0] && minor >= FLOOR[1]);
}

async function tell(nc: NatsConnection, log: Log): Promise<void> {
  for await (const status of nc.status()) {
    if (status.type === 'disconnect' || status.type === 'reconnect')
      log(`broker: ${status.type} ${withoutPassword(status.server)}`);
    else if (status.type === 'error') log(`broker: ${status.error.message}`);
  }
}
