import type { Tree } from '@nx/devkit';

interface Options {
  readonly name: string;
  readonly reactsTo: string;
  readonly entity?: string;
}

/** `npx nx g refrain:service <name> --reacts-to <service>.<Event>`: what `npx refrain new service` does. */
export default async function serviceGenerator(tree: Tree, options: Options): Promise<() => Promise<void>> {
  // Nx requires this file, and what the generator looks at is loaded asynchronously.
  const { follow, format, link, surroundings } = await import('../generate/apply.ts');
  const { newService } = await import('../generate/new-service.ts');
  const about = surroundings();
  const { name: service, reactsTo, entity } = options;
  const asked = { service, reactsTo: reactsTo.split(','), entity };
  const changes = await format(newService(asked, about));
  for (const { path, text } of changes) tree.write(path, text);
  return async () => {
    link(changes, about.lock);
    await follow(`${service} is new, and hears ${reactsTo}`);
  };
}
