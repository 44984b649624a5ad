import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brokerPlan } from '@refrain/jetstream';
import { beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { testBroker } from '../../shared/jetstream/test-broker.fixture.ts';
import { pretendShop, refrain } from './refrain.fixture.ts';
import { findShop } from './shop-at.ts';
import { reconcileBroker } from './supervisor/broker.ts';
import { serviceNames } from './supervisor/found-services.ts';
import { shopTopology } from './supervisor/shop-topology.ts';

/** Somebody wrote it while the shop ran. */
const later = 'notifications';
const told = `${later} is in this checkout and not in the running shop: start the shop again`;
const started = serviceNames.filter((name) => name !== later);

const dataFolder = mkdtempSync(join(tmpdir(), 'refrain-later-'));
const file = join(dataFolder, 'shop.ndjson');
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  const broker = await testBroker(inject('natsServerBin'));
  pretendShop(dataFolder, {
    name: 'orders',
    url: 'http://127.0.0.1:1',
    natsUrl: broker.url,
    services: started,
  });
  env = { REFRAIN_DATA: dataFolder };
  const topology = shopTopology().filter(({ service }) => service !== later);
  await reconcileBroker(findShop({ ...process.env, ...env }), brokerPlan(topology, { replicas: 1 }));
  return async () => {
    await broker.close();
    rmSync(dataFolder, { recursive: true, force: true });
  };
});

test.each([
  { argv: ['state', '--all'], code: 0 },
  { argv: ['trace', 'ord-1'], code: 1, says: 'The log knows no order ord-1' },
  { argv: ['why', 'op-1'], code: 1, says: 'The log knows no operation op-1' },
  { argv: ['record', 'ord-1', file], code: 1, says: 'No log knows' },
  { argv: ['recover', '--since', '2026-01-01', '--wait-s', '1'], code: 1 },
])('$argv.0 answers about the services that the running shop has', async ({ argv, code, says }) => {
  const said = await refrain(argv, env);
  expect(said.err).toContain(`Left out: ${told}.`);
  expect(said.err).toContain(says ?? '');
  expect(said.code).toBe(code);
});

test('an export holds the logs that there are, and can be imported', async () => {
  onTestFinished(() => rmSync(file));
  const { code, err } = await refrain(['export', file], env);
  expect([code, err]).toEqual([0, expect.stringContaining(told)]);
  const [begin = ''] = readFileSync(file, 'utf8').split('\n');
  const { positions, without } = (JSON.parse(begin) as { data: { positions: object; without: string[] } })
    .data;
  expect([Object.keys(positions), without]).toEqual([started, []]);
});

test.each([
  { argv: ['state', later, 'letter/ord-1'] },
  { argv: ['diff', later, 'letter/ord-1'] },
  { argv: ['replay', later] },
  { argv: ['rebuild', later] },
  { argv: ['export', '--service', later, file] },
])(
  '$argv.0 refuses a service that the running shop does not have',
  async ({ argv: [name = '', ...more] }) => {
    const { code, err } = await refrain([name, ...more], env);
    expect(err).toBe(`refrain ${name}: ${told}. Nothing was done.\n`);
    expect(code).toBe(2);
    expect(existsSync(file)).toBe(false);
  },
);
