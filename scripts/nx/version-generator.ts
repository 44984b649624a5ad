import type { Tree } from '@nx/devkit';

interface Options {
  readonly service: string;
  readonly name: string;
  readonly field?: readonly string[];
  readonly upcast?: string;
}

/**
 * `npx nx g refrain:version <service> <Event>`: what `npx refrain new version` does. All of it is written in
 * the end, since the sample follows from the contract as it is then.
 */
export default async function versionGenerator(_: Tree, options: Options): Promise<() => Promise<void>> {
  // Nx requires this file, and what the generator looks at is loaded asynchronously.
  const { applyVersion, read, surroundings } = await import('../generate/apply.ts');
  const { newVersion } = await import('../generate/new-version.ts');
  const { service, name: type, field: fields = [], upcast } = options;
  const asked = { service, type, fields, upcast };
  const planned = newVersion(asked, surroundings(), read);
  return async () => void (await applyVersion(planned, asked));
}
