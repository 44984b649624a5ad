interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/**
 * The text of package-lock.json with further packages of this workspace, as `npm install` writes it. They may
 * need nothing that is not locked already: nothing is asked of a registry.
 */
export function lockWith(lock: string, added: Readonly<Record<string, string>>): string {
  const read = JSON.parse(lock) as { packages: Record<string, unknown> };
  const packages = { ...read.packages };
  for (const [folder, text] of Object.entries(added)) {
    const { name, version, license, dependencies, devDependencies } = JSON.parse(text) as Manifest;
    packages[`node_modules/${name}`] = { resolved: folder, link: true };
    packages[folder] = {
      name,
      version,
      license,
      ...(dependencies && { dependencies }),
      ...(devDependencies && { devDependencies }),
    };
  }
  const sorted = Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, 'en'));
  return `${JSON.stringify({ ...read, packages: Object.fromEntries(sorted) }, undefined, 2)}\n`;
}
