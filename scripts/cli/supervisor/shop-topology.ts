import type { ServiceTopology } from '@refrain/event-log';
import { registryOf, type ServiceDefinition, topologyOf } from '@refrain/runtime';
import { asServiceLoadError } from '../service-load-error.ts';
import { foundServices } from './found-services.ts';

/** What `stand-in.ts` of each service exports. */
interface StandInModule {
  /** The service as a value, with gateways that do what they are asked and reach nobody. */
  readonly standIn: () => ServiceDefinition;
}

async function load(name: string): Promise<StandInModule['standIn']> {
  const path = `services/${name}/stand-in.ts`;
  try {
    const { standIn } = (await import(`../../../services/${name}/stand-in.ts`)) as StandInModule;
    const { service } = registryOf(standIn()).contract;
    if (service !== name) throw new Error(`its contract is that of "${service}", expected "${name}"`);
    return standIn;
  } catch (cause) {
    throw asServiceLoadError(cause, path);
  }
}

const standIns = new Map(
  await Promise.all(foundServices.map(async ({ name }) => [name, await load(name)] as const)),
);

/**
 * A service of the shop as a value, for those who only read it and for those who try it. Nobody is reached
 * by it. @throws when there is none of that name.
 */
export function standInOf(service: string): ServiceDefinition {
  const standIn = standIns.get(service);
  if (!standIn) throw new Error(`the shop has no service ${service}`);
  return standIn();
}

/** Every service of the shop as a value. */
export const shopDefinitions = (): ServiceDefinition[] => [...standIns.values()].map((standIn) => standIn());

/**
 * What every service of the shop needs of the broker, whether or not it runs now: a stream outlives its
 * service.
 */
export const shopTopology = (): ServiceTopology[] => shopDefinitions().map(topologyOf);
