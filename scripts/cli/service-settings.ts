import { join } from 'node:path';
import { openSources } from './config-sources.ts';
import { root } from './paths.ts';
import { findServices } from './supervisor/found-services.ts';

/**
 * What each service of this checkout reads of the environment, by its name: found now, also in a process
 * that began before it was written.
 * @throws RF_CONFIG naming everything that is wrong with their fields.
 */
export function readServiceSettings(
  { env, envFile = join(root, '.env') }: { readonly env: NodeJS.ProcessEnv; readonly envFile?: string },
  services = findServices(),
): Record<string, Record<string, string>> {
  const { find } = openSources({ env, envFile });
  return Object.fromEntries(
    services.map(({ name, env: declared }) => [
      name,
      Object.fromEntries(Object.entries(declared).map(([key, usual]) => [key, find(key)?.value ?? usual])),
    ]),
  );
}
