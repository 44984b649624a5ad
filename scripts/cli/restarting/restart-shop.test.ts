import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { pretendShop, refrain } from '../refrain.fixture.ts';
import { claimRestart } from '../supervisor/restart-claim.ts';

let env: NodeJS.ProcessEnv;

beforeEach(() => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'refrain-restart-'));
  onTestFinished(() => rmSync(dataFolder, { recursive: true, force: true }));
  pretendShop(dataFolder, { name: 'orders', url: 'http://127.0.0.1:1' });
  env = { REFRAIN_DATA: dataFolder };
});

test('a broker that is not reached leaves everything running', async () => {
  // The process of the pretended orders is this one: were it ended, the test would be.
  const { code, err } = await refrain(['restart', 'orders'], env);
  expect(err).toMatch(/^RF_UNREACHABLE: nats-server was not reached at nats:\/\/127.0.0.1:1/);
  expect(code).toBe(3);
  claimRestart(env['REFRAIN_DATA'] ?? '').release();
});

test('while another one restarts, nothing is done', async () => {
  const claim = claimRestart(env['REFRAIN_DATA'] ?? '');
  const { code, err } = await refrain(['restart', 'orders'], env);
  expect(err).toContain('is restarting processes of this shop. Nothing was restarted.');
  expect(code).toBe(2);
  claim.release();
});
