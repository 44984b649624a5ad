import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ServerConfig } from '@refrain/jetstream';
import type { Config } from '../config.ts';
import { UsageError } from '../errors.ts';
import { portOffsets } from './ports.ts';

/** How many nodes a broker of ours has: one alone, or three that keep the same. */
export type NodeCount = 1 | 3;

/** One node of a broker of ours. */
export interface BrokerNode {
  /** As `ps` names it. */
  readonly name: (typeof nodeNames)[number];
  /** Where it keeps its store and its configuration. */
  readonly home: string;
  readonly url: string;
  readonly port: number;
  /** Every port it takes, by name. */
  readonly ports: Readonly<Record<string, number>>;
}

export const nodeNames = ['nats', 'nats-2', 'nats-3'] as const;

/** The user of the routes. Services never see its password. */
export const routeUser = 'route';

export const brokerNodes = (
  { dataFolder, portBase }: Pick<Config, 'dataFolder' | 'portBase'>,
  count: NodeCount,
): BrokerNode[] =>
  nodeNames.slice(0, count).map((name) => {
    const port = portBase + portOffsets[name];
    const route = `${name}-route` as const;
    const ports = count === 1 ? { [name]: port } : { [name]: port, [route]: portBase + portOffsets[route] };
    return { name, home: join(dataFolder, name), url: `nats://127.0.0.1:${port}`, port, ports };
  });

/** What a node's configuration says of the others; nothing where it is alone. */
export function clusterOf(
  node: BrokerNode,
  nodes: readonly BrokerNode[],
  password: string,
): ServerConfig['cluster'] {
  if (nodes.length === 1) return undefined;
  const routePort = ({ name, ports }: BrokerNode): number => ports[`${name}-route`] as number;
  const routes = nodes.map((one) => `nats://${routeUser}:${password}@127.0.0.1:${routePort(one)}`);
  return { name: 'refrain', port: routePort(node), routes, user: routeUser, password };
}

/** How many nodes made what lies in the folder; nothing where no node has kept anything there yet. */
function nodesIn(dataFolder: string): NodeCount | undefined {
  // The further ones' folders are made before any node starts.
  if (existsSync(join(dataFolder, nodeNames[2]))) return 3;
  return existsSync(join(dataFolder, nodeNames[0], 'store')) ? 1 : undefined;
}

/**
 * A lone node cannot read what three agreed on, and three of which one brings a log agree on nothing.
 * @throws UsageError where the folder's log was made with another number of nodes; nothing was changed.
 */
export function refuseOtherNodes(dataFolder: string, asked: NodeCount): void {
  const made = nodesIn(dataFolder);
  if (made === undefined || made === asked) return;
  throw new UsageError(
    `The log in ${dataFolder} was made with --nodes ${made}, and --nodes ${asked} was asked for. Nothing was started or changed. Start it with --nodes ${made}, name another folder in REFRAIN_DATA, or delete the log with --fresh.`,
  );
}
