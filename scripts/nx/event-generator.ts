import type { Tree } from '@nx/devkit';

interface Options {
  readonly service: string;
  readonly name: string;
  readonly entity?: string;
}

/** `npx nx g refrain:event <service> <Event>`: what `npx refrain new event` does. */
export default async function eventGenerator(tree: Tree, options: Options): Promise<() => Promise<void>> {
  // Nx requires this file, and what the generator looks at is loaded asynchronously.
  const { follow, format, read, surroundings } = await import('../generate/apply.ts');
  const { newEvent } = await import('../generate/new-event.ts');
  const { service, name: type, entity } = options;
  const changes = await format(newEvent({ service, type, entity }, surroundings(), read));
  for (const { path, text } of changes) tree.write(path, text);
  return async () => void (await follow(`${service} may record ${type}`));
}
