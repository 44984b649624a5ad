import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';

const dependencies = z.record(z.string(), z.string());

const manifest = z.object({
  name: z.string(),
  version: z.string(),
  license: z.string(),
  type: z.literal('module'),
  /** What else a package exports is for the workspace alone. */
  exports: z.object({ '.': z.string().regex(/^\.\/\w+\.ts$/) }),
  dependencies,
});

/** A package of the workspace that is packed: what a service of one's own is made of, and hears. */
export interface PackedPackage {
  /** From the root of the checkout. */
  readonly folder: string;
  readonly manifest: z.output<typeof manifest>;
}

/** Every library and every contract. A service itself is no library, and what runs the shop is none. */
export const packedPackages = (root: string): PackedPackage[] =>
  globSync(['shared/*/package.json', 'services/*/contract/package.json'], { cwd: root })
    .sort()
    .map((path) => ({
      folder: dirname(path),
      manifest: manifest.parse(JSON.parse(readFileSync(join(root, path), 'utf8'))),
    }));

/**
 * The package.json that is published: built files only, dependencies among each other by exact version, and
 * nothing that runs when it is installed.
 */
export function publishedManifest({ folder, manifest: m }: PackedPackage): Record<string, unknown> {
  const entry = m.exports['.'].slice(0, -'.ts'.length);
  return {
    name: m.name,
    version: m.version,
    description: `${folder.startsWith('shared/') ? 'A library' : 'A contract'} of Refrain: ${m.name}.`,
    license: m.license,
    type: m.type,
    exports: { '.': { types: `${entry}.d.ts`, default: `${entry}.js` } },
    files: ['**/*.js', '**/*.d.ts'],
    engines: { node: '>=24' },
    dependencies: m.dependencies,
  };
}

/** What of its README stands for a package that has none of its own. */
export const readmeOf = ({ folder, manifest: { name } }: PackedPackage): string =>
  `# ${name}\n\nThe contract of a service of the shop that comes with Refrain (\`${folder}\`): import it to hear its events.\n`;
