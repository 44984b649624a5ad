import { setTimeout as sleep } from 'node:timers/promises';
import {
  lastSignOfLife,
  lostSince,
  readReport,
  type RecoveryAsked,
  type RecoveryReport,
  rewind,
  type RewindResult,
  type ServiceDefinition,
} from '@refrain/runtime';
import { asAdmin, clock } from '../as-admin.ts';
import type { BrokerPlace } from '../broker-login.ts';
import { guestsOf } from '../guests/guest-list.ts';
import { shopDefinitions } from '../supervisor/shop-topology.ts';

/** How often nats-server syncs what it has acknowledged, in milliseconds, where nobody told it otherwise. */
const syncIntervalMs = 120_000;

const lookEveryMs = 250;

export interface RecoverOptions {
  /** Names the recovery: under the same name it is done once. */
  readonly id: string;
  /** Default: two sync intervals before the last sign of life. */
  readonly since?: number | undefined;
  /** The one before, where it is kept beside the store. */
  readonly before?: RecoveryAsked['before'];
  readonly onProgress?: ((text: string) => void) | undefined;
  /** Where the shop keeps whom it has admitted: their durables are put back, too. */
  readonly dataFolder: string;
  /** Whose logs there are. Default: all of the checkout. */
  readonly services?: readonly string[] | undefined;
}

const definitionsOf = (services: RecoverOptions['services']): ServiceDefinition[] =>
  shopDefinitions().filter(({ contract }) => services?.includes(contract.$contract.service) ?? true);

/**
 * The first part of a recovery: every process lets go, durables go back. Services do the rest when they
 * start, before they call anybody. `undefined`: nothing is stored, so nothing is lost.
 * @throws RF_RECOVERY_BUSY, RF_UNREACHABLE.
 */
export const recoverShop = async (
  broker: BrokerPlace,
  { id, since, before, onProgress, dataFolder, services }: RecoverOptions,
): Promise<RewindResult | undefined> =>
  await asAdmin(broker, async (admin) => {
    const { log, recovering } = admin;
    const [definitions, guests] = [definitionsOf(services), guestsOf(dataFolder)];
    const parts = { log, recovering, clock, definitions, guests, onProgress };
    const lastSign = since === undefined ? await lastSignOfLife(parts) : undefined;
    const from = since ?? (lastSign === undefined ? undefined : lostSince(lastSign, syncIntervalMs));
    return from === undefined ? undefined : await rewind(parts, { id, since: from, before });
  });

/** What became of a recovery in the services. */
export interface Told {
  readonly reports: readonly RecoveryReport[];
  /** Services that have not ended their part. */
  readonly missing: readonly string[];
}

/** The services that call the world and so have a part in a recovery. */
const concerned = (services: RecoverOptions['services']): string[] =>
  definitionsOf(services)
    .filter(({ effects }) => effects.length > 0)
    .map(({ contract }) => contract.$contract.service);

/** Waits for the reports of the services that call the world, up to `waitMs` milliseconds. */
export const recoveryTold = async (
  broker: BrokerPlace,
  {
    id,
    waitMs,
    services,
    onProgress = () => {},
  }: { waitMs: number } & Pick<RecoverOptions, 'id' | 'services' | 'onProgress'>,
): Promise<Told> =>
  await asAdmin(broker, async ({ recovering: { bucket } }) => {
    for (const giveUpAt = performance.now() + waitMs; ; await sleep(lookEveryMs)) {
      const asked = concerned(services).map(async (service) => ({
        service,
        report: await readReport(bucket, { service, id }),
      }));
      const answers = await Promise.all(asked);
      const reports = answers.flatMap(({ report }) => report ?? []);
      const missing = answers.filter(({ report }) => !report).map(({ service }) => service);
      if (missing.length === 0 || performance.now() >= giveUpAt) return { reports, missing };
      onProgress(`waiting for ${missing.join(', ')}`);
    }
  });
