import type { Tree } from '@nx/devkit';

interface Options {
  readonly service: string;
  readonly name: string;
  readonly after?: string;
  readonly undoes?: string;
  readonly calls?: string;
}

/** `npx nx g refrain:effect <service> <effect>`: what `npx refrain new effect` does. */
export default async function effectGenerator(tree: Tree, options: Options): Promise<() => Promise<void>> {
  // Nx requires this file, and what the generator looks at is loaded asynchronously.
  const { follow, format, link, read, surroundings } = await import('../generate/apply.ts');
  const { newEffect } = await import('../generate/new-effect.ts');
  const about = surroundings();
  const { service, name: effect, ...more } = options;
  const changes = await format(newEffect({ service, effect, ...more }, about, read));
  for (const { path, text } of changes) tree.write(path, text);
  return async () => {
    link(changes, about.lock);
    await follow(`${service} calls the world: ${effect}`);
  };
}
