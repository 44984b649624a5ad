import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type BrokerPlan, brokerPlan } from '@refrain/jetstream';
import { isShopHeld } from '../archive/hold.ts';
import type { Config } from '../config.ts';
import { UsageError } from '../errors.ts';
import { allTopologies } from '../guests/guest-list.ts';
import { bootKept, bootNow, keepBoot } from '../recovery/boot.ts';
import { rewoundLines } from '../recovery/lines.ts';
import { recoverShop } from '../recovery/recover-shop.ts';
import { typedFor } from '../typed-command.ts';
import {
  type Broker,
  brokerNeeds,
  checkServer,
  foreignBroker,
  ownBroker,
  reconcileBroker,
} from './broker.ts';
import { refuseOtherNodes } from './broker-nodes.ts';
import { claim } from './claim.ts';
import { closeToOthers, openDataFolder } from './data-folder.ts';
import { serviceNames } from './found-services.ts';
import { deleteState, ownedEntries } from './fresh.ts';
import { endLeftovers } from './leftovers.ts';
import type { ProcessSpec } from './child-process.ts';
import { keepTopologies } from './kept-topologies.ts';
import { processTable, type TableInput } from './process-table.ts';
import { readRunFile } from './run-file.ts';
import { shopTopology } from './shop-topology.ts';
import { checkBeforeStart, createSupervisor, type Supervisor } from './supervisor.ts';
import type { Terminal } from './terminal.ts';
import type { UpRequest } from './up-request.ts';

export interface ShopOptions extends UpRequest {
  readonly config: Config;
  readonly fresh: boolean;
  readonly terminal: Terminal;
  /** What each service reads now, besides what all read. Default: as it was when the shop was started. */
  readonly settingsNow?: () => Config['ofServices'];
  /** What is done with the broker before anything else starts. Default: it gets what it lacks. */
  readonly afterBroker?: (broker: Broker, plan: BrokerPlan) => Promise<void>;
}

export interface Shop extends Supervisor {
  /** The recovery that this start began, since the machine was booted meanwhile. */
  recovery(): string | undefined;
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
  // A fresh start forgets the guests too: their logs are gone.
  const services = options.fresh ? shopTopology() : allTopologies(dataFolder);
  const plan = brokerPlan(services, { replicas: options.nodes });
  if (options.fresh && config.natsUrl !== undefined) refuseFresh(config, plan);
  checkServer(config);
  openDataFolder(dataFolder);
  const { self, release } = claim(dataFolder);
  try {
    await endDeadRun(dataFolder, terminal);
    if (config.natsUrl === undefined && !options.fresh) refuseOtherNodes(dataFolder, options.nodes);
    const draft = { natsUrl: config.natsUrl ?? '', credentialsFolder: undefined };
    await checkBeforeStart([
      ...brokerNeeds(config, options.nodes),
      ...processTable({ ...options, ...draft }),
    ]);
    closeToOthers(dataFolder);
    if (options.fresh) sayDeleted(dataFolder, deleteState(dataFolder), terminal);
    mkdirSync(join(dataFolder, 'logs'), { recursive: true, mode: 0o700 });
    const broker = brokerOf(options, plan);
    terminal.say(broker.note);
    const { natsUrl, natsCa, credentialsFolder } = broker;
    const table = { ...options, natsUrl, credentialsFolder };
    const specs = [...broker.specs, ...processTable(table)];
    const ports = Object.assign({}, ...specs.map((spec) => spec.ports)) as Record<string, number>;
    let recovery: string | undefined;
    const supervisor = createSupervisor({
      dataFolder,
      specs,
      about: {
        version: 1,
        supervisor: self,
        startedAt: new Date().toISOString(),
        natsUrl,
        natsCa,
        portBase: config.portBase,
        ports,
        credentialsFolder,
        nodes: options.nodes,
        services: [...serviceNames],
      },
      terminal,
      renewed: (spec) => renewed(spec, table, options.settingsNow),
      after: {
        broker: async () => {
          if (options.afterBroker) return await options.afterBroker(broker, plan);
          recovery = await makeReady(broker, plan, options);
        },
      },
    });
    return { ...supervisor, recovery: () => recovery, release };
  } catch (error) {
    release();
    throw error;
  }
}

/** A process with the settings of now, as it is to be started. What cannot be read now changes nothing. */
function renewed(
  spec: ProcessSpec,
  { config, ...table }: TableInput,
  settingsNow: ShopOptions['settingsNow'] = () => config.ofServices,
): ProcessSpec {
  try {
    const all = processTable({ ...table, config: { ...config, ofServices: settingsNow() } });
    return all.find(({ name }) => name === spec.name) ?? spec;
  } catch {
    return spec;
  }
}

/** The broker gets what it lacks. @returns the recovery that this began. */
async function makeReady(
  broker: Broker,
  plan: BrokerPlan,
  { config: { dataFolder }, terminal }: ShopOptions,
): Promise<string | undefined> {
  await reconcileBroker(broker, plan);
  keepTopologies(dataFolder, shopTopology());
  if (await isShopHeld(broker)) terminal.say(held(dataFolder));
  // The store of another's broker is on another's machine.
  return broker.specs.length > 0 ? await recoverAfterBoot(broker, dataFolder, terminal) : undefined;
}

function held(dataFolder: string): string {
  const takeOver = typedFor(dataFolder)('npx refrain import --take-over --why "..."');
  return `this platform was imported: its services call nobody until \`${takeOver}\``;
}

function brokerOf({ config, nodes, terminal }: ShopOptions, plan: BrokerPlan): Broker {
  const folder = join(config.dataFolder, 'secrets');
  return config.natsUrl === undefined
    ? ownBroker({ config, plan, folder, nodes, say: terminal.say })
    : foreignBroker(config, config.natsUrl, plan, folder);
}

/**
 * A boot may have been a power cut, which takes what was acknowledged and not yet synced. No service runs.
 * @returns the recovery's name, or `undefined` where it is the boot of before, or nobody knows.
 */
async function recoverAfterBoot(
  broker: Broker,
  dataFolder: string,
  { say }: Terminal,
): Promise<string | undefined> {
  const [before, now] = [bootKept(dataFolder), bootNow()];
  if (now === undefined || now === before?.boot) return undefined;
  const asked = { id: `boot ${now}`, before: before?.recovered, dataFolder, onProgress: () => {} };
  const rewound = before === undefined ? undefined : await recoverShop(broker, asked);
  if (rewound) {
    say('the machine was booted since this store was written last: the broker may have lost the end of it');
    for (const line of rewoundLines(rewound)) say(line);
  }
  // Only now: broken off before, it is done again by the next start.
  const recovered = rewound && { id: rewound.recovery.id, since: rewound.recovery.since };
  keepBoot(dataFolder, { boot: now, recovered });
  return recovered?.id;
}

async function endDeadRun(dataFolder: string, { say }: Terminal): Promise<void> {
  const before = readRunFile(dataFolder);
  const ended = before ? await endLeftovers(before) : [];
  if (ended.length > 0) say(`ended what a dead run had left: ${ended.join(', ')}`);
}

function sayDeleted(dataFolder: string, names: readonly string[], { say }: Terminal): void {
  say(`--fresh: deleted ${names.length === 0 ? 'nothing' : names.join(', ')} in ${dataFolder}`);
}

/** A broker of others may hold what nobody here knows of; emptying it is theirs to do. */
function refuseFresh({ dataFolder }: Config, { streams }: BrokerPlan): never {
  const local = existsSync(dataFolder) ? ownedEntries(dataFolder).map((name) => join(dataFolder, name)) : [];
  const names = [...streams.map(({ name }) => `stream ${name}`), ...local];
  throw new UsageError(
    `--fresh is refused with NATS_URL, whose broker is not ours. It would have deleted ${names.join(', ')}. Nothing was deleted and nothing was started.`,
  );
}
