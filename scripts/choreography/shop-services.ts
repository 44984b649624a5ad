import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CheckedService, storedNames } from '@refrain/checking';
import type { ServiceDefinition } from '@refrain/runtime';
import { shopDefinitions } from '../cli/supervisor/shop-topology.ts';

const servicesFolder = join(import.meta.dirname, '..', '..', 'services');

const contractFolder = ({ contract }: ServiceDefinition, services = servicesFolder): string =>
  join(services, contract.$contract.service, 'contract');

const readJson = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));

/** The shop's services with the samples and names that are kept beside their contracts. */
export const shopServices = (
  definitions: readonly ServiceDefinition[] = shopDefinitions(),
): CheckedService[] =>
  definitions.map((definition) => {
    const folder = contractFolder(definition);
    const files = readdirSync(join(folder, 'samples')).filter((file) => file.endsWith('.json'));
    const samples = Object.fromEntries(
      files.map((file) => [file.slice(0, -'.json'.length), readJson(join(folder, 'samples', file))]),
    );
    return { definition, samples, names: namesIn(folder) };
  });

function namesIn(folder: string): string[] {
  const file = join(folder, 'names.json');
  return existsSync(file) ? (readJson(file) as string[]) : [];
}

/** Adds the names that are not kept yet, and returns them. To take one away is for a person to do. */
export function keepNames(definitions: readonly ServiceDefinition[], services?: string): string[] {
  return definitions.flatMap((definition) => {
    const folder = contractFolder(definition, services);
    const kept = namesIn(folder);
    const added = storedNames(definition).filter((name) => !kept.includes(name));
    if (added.length === 0) return [];
    const names = [...kept, ...added].sort();
    writeFileSync(join(folder, 'names.json'), `${JSON.stringify(names, undefined, 2)}\n`);
    return added.map((name) => `${definition.contract.$contract.service}: ${name}`);
  });
}
