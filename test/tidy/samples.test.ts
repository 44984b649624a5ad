import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { samples } from './samples.ts';
import { root, treeFiles } from './tree.ts';

const payments = { service: 'payments', events: { ChargeCaptured: { version: 2 } } };

test('a version without its sample and a sample without its version are found', () => {
  expect(samples(payments, ['ChargeCaptured.2.json'])).toEqual([
    'services/payments/contract/samples/ChargeCaptured.1.json is missing',
  ]);
  expect(samples(payments, ['ChargeCaptured.1.json', 'ChargeCaptured.2.json', 'Gone.1.json'])).toHaveLength(
    1,
  );
  expect(samples(payments, ['ChargeCaptured.1.json', 'ChargeCaptured.2.json'])).toEqual([]);
});

interface Described {
  $contract: { service: string; events: Record<string, { version: number }> };
}

const isContract = (value: unknown): value is Described =>
  typeof value === 'object' && value !== null && '$contract' in value;

describe.each(globSync('services/*/contract/index.ts', { cwd: root }))('%s', (path) => {
  test('keeps a sample of every event version', async () => {
    const module: Record<string, unknown> = await import(pathToFileURL(join(root, path)).href);
    const contracts = Object.values(module).filter(isContract);
    expect(contracts).not.toEqual([]);
    const folder = path.replace(/index\.ts$/, 'samples/');
    const stored = treeFiles().filter((file) => file.path.startsWith(folder));
    for (const { text } of stored) JSON.parse(text);
    const names = stored.map((file) => basename(file.path));
    expect(contracts.flatMap(({ $contract }) => samples($contract, names))).toEqual([]);
  });
});
