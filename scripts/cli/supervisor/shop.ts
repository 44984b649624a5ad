import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type BrokerPlan, brokerPlan } from '@refrain/jetstream';
import type { Config } from '../config.ts';
import { UsageError } from '../errors.ts';
import { foreignBroker, ownBroker, reconcileBroker } from './broker.ts';
import { claim } from './claim.ts';
import { deleteState, ownedEntries } from './fresh.ts';
import { endLeftovers } from './leftovers.ts';
import { portOffsets } from './ports.ts';
import { processTable } from './process-table.ts';
import { readRunFile } from './run-file.ts';
import { shopTopology } from './shop-topology.ts';
import { checkBeforeStart, createSupervisor, type Supervisor } from './supervisor.ts';
import type { Terminal } from './terminal.ts';
import type { UpRequest } from './up-request.ts';

export interface ShopOptions extends UpRequest {
  readonly config: Config;
  readonly fresh: boolean;
  readonly terminal: Terminal;
}

export interface Shop extends Supervisor {
  /** Lets another supervisor have the folder. Call it last. */
  release(): void;
}

/**
 * Makes everything ready to start a shop: the folder is ours, what a dead run left is ended, ports are free,
 * credentials are drawn. Nothing runs yet.
 */
export async function prepareShop(options: ShopOptions): Promise<Shop> {
  const { config, terminal } = options;
  const { dataFolder } = config;
  const plan = brokerPlan(shopTopology());
  if (options.fresh && config.natsUrl !== undefined) refuseFresh(config, plan);
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  chmodSync(dataFolder, 0o700);
  const { self, release } = claim(dataFolder);
  try {
    await endDeadRun(dataFolder, terminal);
    const credentialsFolder = join(dataFolder, 'secrets');
    const natsUrl = config.natsUrl ?? `nats://127.0.0.1:${config.portBase + portOffsets.nats}`;
    await checkBeforeStart(tableOf(options, natsUrl, credentialsFolder));
    if (options.fresh) deleteState(dataFolder);
    mkdirSync(join(dataFolder, 'logs'), { recursive: true, mode: 0o700 });
    const broker =
      config.natsUrl === undefined
        ? ownBroker(config, plan, credentialsFolder, terminal.say)
        : foreignBroker(config, config.natsUrl, plan, credentialsFolder);
    if (broker.spec) await checkBeforeStart([broker.spec]);
    terminal.say(broker.note);
    const specs = [
      ...(broker.spec ? [broker.spec] : []),
      ...tableOf(options, broker.natsUrl, credentialsFolder),
    ];
    const ports = Object.assign({}, ...specs.map((spec) => spec.ports)) as Record<string, number>;
    const supervisor = createSupervisor({
      dataFolder,
      specs,
      about: {
        version: 1,
        supervisor: self,
        startedAt: new Date().toISOString(),
        natsUrl: broker.natsUrl,
        portBase: config.portBase,
        ports,
        credentialsFolder,
      },
      terminal,
      after: { broker: async () => await reconcileBroker(broker.natsUrl, plan, credentialsFolder) },
    });
    return { ...supervisor, release };
  } catch (error) {
    release();
    throw error;
  }
}

const tableOf = ({ config, only, instances }: ShopOptions, natsUrl: string, credentialsFolder: string) =>
  processTable({ config, natsUrl, credentialsFolder, only, instances });

async function endDeadRun(dataFolder: string, { say }: Terminal): Promise<void> {
  const before = readRunFile(dataFolder);
  const ended = before ? await endLeftovers(before) : [];
  if (ended.length > 0) say(`ended what a dead run had left: ${ended.join(', ')}`);
}

/** A broker of others may hold what nobody here knows of; emptying it is theirs to do. */
function refuseFresh({ dataFolder }: Config, { streams }: BrokerPlan): never {
  const local = existsSync(dataFolder) ? ownedEntries(dataFolder).map((name) => join(dataFolder, name)) : [];
  const names = [...streams.map(({ name }) => `stream ${name}`), ...local];
  throw new UsageError(
    `--fresh is refused with NATS_URL, whose broker is not ours. It would have deleted ${names.join(', ')}. Nothing was deleted and nothing was started.`,
  );
}
