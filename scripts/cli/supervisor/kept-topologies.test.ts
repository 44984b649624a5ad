import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { keepTopologies, keptTopologies } from './kept-topologies.ts';
import { shopTopology } from './shop-topology.ts';

test('what the broker was brought to is kept; what is spoilt or missing is nothing', () => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'refrain-kept-'));
  onTestFinished(() => rmSync(dataFolder, { recursive: true }));
  expect(keptTopologies(dataFolder)).toBeUndefined();
  keepTopologies(dataFolder, shopTopology());
  expect(keptTopologies(dataFolder)).toEqual(shopTopology());
  for (const spoilt of ['[{}]', '[{"service":"orders"}]', '[]', '{"service":"orders"}', '[']) {
    writeFileSync(join(dataFolder, 'topologies.json'), spoilt);
    expect(keptTopologies(dataFolder)).toBeUndefined();
  }
});
