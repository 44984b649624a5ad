import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf, RefrainError } from '@refrain/errors';
import type { ServiceTopology } from '@refrain/event-log';
import { z } from 'zod';
import { startedTopologies } from '../supervisor/kept-topologies.ts';
import type { FoundShop } from '../shop-at.ts';
import { shopTopology } from '../supervisor/shop-topology.ts';

const token = z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, 'expected lower-case letters, digits and "-"');

const entityTypes = z.array(z.string().regex(/^[A-Za-z0-9_-]{1,64}$/));

/** What `topologyOf` of @refrain/runtime makes, as JSON. */
const topology = z
  .strictObject({
    service: token,
    entityTypes: entityTypes.default([]),
    durables: z.array(
      z.strictObject({
        stream: token,
        durable: token,
        entityTypes,
        from: z.enum(['now', 'beginning']),
        maxAckPending: z.int().min(1).max(10_000),
        ackWaitMs: z.int().min(1_000).max(3_600_000),
      }),
    ),
    schedules: z.boolean(),
  })
  .refine(
    ({ service, durables }) => durables.every(({ durable }) => `${durable}-`.startsWith(`${service}-`)),
    'expected durables that bear the name of the service',
  );

/** What a file says that a service needs. @throws RF_TOPOLOGY_FILE for what is no topology. */
export function readTopology(path: string): ServiceTopology {
  try {
    return topology.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause).replaceAll('\n', ' ') : messageOf(cause);
    throw new RefrainError('RF_TOPOLOGY_FILE', { file: path, problem: why }, { cause });
  }
}

const folderIn = (dataFolder: string): string => join(dataFolder, 'guests');
const pathOf = (dataFolder: string, service: string): string => join(folderIn(dataFolder), `${service}.json`);

/** The services of other repositories that this shop has admitted. @throws RF_TOPOLOGY_FILE when spoilt. */
export function guestsOf(dataFolder: string): ServiceTopology[] {
  const folder = folderIn(dataFolder);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => readTopology(join(folder, name)));
}

export function keepGuest(dataFolder: string, guest: ServiceTopology): void {
  mkdirSync(folderIn(dataFolder), { recursive: true, mode: 0o700 });
  const path = pathOf(dataFolder, guest.service);
  writeFileSync(`${path}.next`, `${JSON.stringify(guest, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.next`, path);
}

export const dropGuest = (dataFolder: string, service: string): void => rmSync(pathOf(dataFolder, service));

/** What the broker of a running shop was brought to, by code that may be older than the checkout's. */
export const runningTopologies = (shop: Pick<FoundShop, 'dataFolder' | 'services'>): ServiceTopology[] => [
  ...startedTopologies(shop),
  ...guestsOf(shop.dataFolder),
];

/** All that the broker of this shop is to have at its next start: for its own services and for its guests. */
export const allTopologies = (dataFolder: string): ServiceTopology[] => [
  ...shopTopology(),
  ...guestsOf(dataFolder),
];
