import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { packedPackages, publishedManifest } from './packages.ts';

const packed = packedPackages(resolve(import.meta.dirname, '../..'));
const names = packed.map(({ manifest: { name } }) => name);

test('every library and every contract is packed', () => {
  expect(names).toContain('@refrain/runtime');
  expect(names).toContain('@refrain/contract-orders');
  expect(names.some((name) => name.startsWith('@refrain/service-'))).toBe(false);
});

test.each(packed.map((one) => [one.manifest.name, one] as const))(
  '%s can be installed from anywhere',
  (_, one) => {
    const published = publishedManifest(one);
    expect(published['version']).toMatch(/^\d+\.\d+\.\d+$/);
    expect(published['scripts']).toBeUndefined();
    expect(published['private']).toBeUndefined();
    expect(published['license']).toBe('Apache-2.0');
    // What it needs of us is packed as well, in the same version; what it needs of others is named exactly.
    const needed = Object.entries(one.manifest.dependencies);
    const ours = needed.filter(([name]) => name.startsWith('@refrain/'));
    expect(names).toEqual(expect.arrayContaining(ours.map(([name]) => name)));
    for (const [, version] of ours) expect(version).toBe(one.manifest.version);
    for (const [, version] of needed)
      expect(version).toMatch(/^(npm:@nats-io\/transport-node@)?\d+\.\d+\.\d+$/);
  },
);
