import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ServiceTopology } from '@refrain/event-log';
import { z } from 'zod';
import { startedServices } from '../later-services.ts';
import { replaceFile } from './credentials.ts';
import type { RunFile } from './run-file.ts';
import { shopTopology } from './shop-topology.ts';

const outline = z.looseObject({
  service: z.string(),
  durables: z.array(z.looseObject({ stream: z.string(), durable: z.string() })),
});
/** As deep as a file of ours is looked into: whoever wrote it had them from the services themselves. */
const kept = z.array(z.custom<ServiceTopology>((one) => outline.safeParse(one).success)).nonempty();

const pathIn = (dataFolder: string): string => join(dataFolder, 'topologies.json');

/** Notes what the broker was brought to, service by service: what runs may be older than the code. */
export const keepTopologies = (dataFolder: string, topologies: readonly ServiceTopology[]): void =>
  replaceFile(pathIn(dataFolder), `${JSON.stringify(topologies, undefined, 2)}\n`);

/** What the broker was brought to; `undefined` where nobody noted it. */
export function keptTopologies(dataFolder: string): ServiceTopology[] | undefined {
  try {
    return kept.parse(JSON.parse(readFileSync(pathIn(dataFolder), 'utf8')));
  } catch {
    return undefined;
  }
}

/**
 * The same of a running shop. One that an older build started has noted nothing: then what its services ask
 * for by today's code, `now`.
 */
export const startedTopologies = (
  shop: Pick<RunFile, 'services'> & { readonly dataFolder: string },
  now: readonly ServiceTopology[] = shopTopology(),
): ServiceTopology[] =>
  keptTopologies(shop.dataFolder) ?? now.filter(({ service }) => startedServices(shop).includes(service));
