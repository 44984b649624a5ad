import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readConfig } from './config.ts';
import { readServiceSettings } from './service-settings.ts';

test('what a service reads is of the environment, else of the file, else its own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'refrain-settings-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const envFile = join(folder, '.env');
  writeFileSync(envFile, 'VAN_URL=of the file\nCARRIER_URL=of the file\n');
  const env = { CARRIER_URL: 'of the environment', VAN_KEY: '' };
  const declared = { CARRIER_URL: 'its own', VAN_URL: 'its own', VAN_KEY: 'its own' };
  const services = [
    { name: 'shipping', edge: false, env: declared },
    { name: 'gifts', edge: false, env: {} },
  ];
  expect(readServiceSettings({ env, envFile }, services)).toEqual({
    shipping: { CARRIER_URL: 'of the environment', VAN_URL: 'of the file', VAN_KEY: 'its own' },
    gifts: {},
  });
});

test('it is the same as at the start of the shop', () => {
  const from = { env: {}, envFile: '/none' };
  expect(readServiceSettings(from)).toEqual(readConfig(from).ofServices);
});
