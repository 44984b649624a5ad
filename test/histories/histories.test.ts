import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { charge } from '@refrain/service-payments/charge';
import type { ServiceDefinition } from '@refrain/runtime';
import { describe, expect, test } from 'vitest';
import { shopDefinitions } from '../../scripts/cli/supervisor/shop-topology.ts';
import { root } from '../tidy/tree.ts';
import { type Migration, replayHistory } from './history.ts';
import { unreadable } from './readable.ts';

const folder = import.meta.dirname;
const files = globSync('*.ndjson', { cwd: folder }).sort();
const definitions = shopDefinitions();

/** The shop with another payments. */
function withPayments(
  change: (payments: ServiceDefinition) => Partial<ServiceDefinition>,
): ServiceDefinition[] {
  return definitions.map((definition) =>
    definition.contract.$contract.service === 'payments'
      ? { ...definition, ...change(definition) }
      : definition,
  );
}

describe.each(files)('%s', (file) => {
  test('is decided today as it was recorded, or a migration beside it says why not', async () => {
    const { undeclared, unused, services } = await replayHistory(join(folder, file), definitions);
    expect(undeclared.join('\n')).toBe('');
    expect(unused, 'migrations that nothing needs any more: take them out').toEqual([]);
    expect(services.reduce((sum, { same }) => sum + same, 0)).toBeGreaterThan(0);
  });
});

/** What needs a delivery that overtakes another, or hours of a provider that does not answer. */
const rare = [
  'orders: cancel, charge abandoned',
  'orders: end the charge, unwanted',
  'orders: end the reservation, unwanted',
];

test('together they hold a decision of every reaction but the rare ones', async () => {
  const texts = files.map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
  const missing = definitions.flatMap(({ contract, reactions }) =>
    reactions
      // A service that was added since has its histories yet to be recorded.
      .filter(() => texts.includes(`"source":"/refrain/${contract.$contract.service}"`))
      .filter(({ name }) => !texts.includes(`"reaction":${JSON.stringify(name)}`))
      .map(({ name }) => `${contract.$contract.service}: ${name}`),
  );
  expect(missing).toEqual(rare);
});

const refused = join(folder, 'out-of-stock.ndjson');
const { $decider } = charge;
/** Payments that keep what they capture after all was called off. */
const keeping = withPayments(() => ({
  deciders: [
    {
      $decider: {
        ...$decider,
        decide: (state, command) =>
          $decider
            .decide(state, command)
            .filter(({ type }) => type !== 'RefundRequested' || command.name !== 'recordCapture'),
      },
    },
  ],
}));

test('a decision that comes out otherwise is named, with its event, and who hears it', async () => {
  const { undeclared } = await replayHistory(refused, keeping);
  expect(undeclared).toHaveLength(1);
  expect(undeclared[0]).toMatch(/^payments charge\/\w+ at \d+, "recordCapture"/);
  expect(undeclared[0]).toMatch(/recorded: ChargeCaptured\.2 .*RefundRequested\.1/);
  expect(undeclared[0]).toMatch(/today: ChargeCaptured\.2 .*\n {2}heard by orders$/);
});

test('a migration lets it differ, as long as it is needed', async () => {
  const migration: Migration = {
    service: 'payments',
    reaction: 'recordCapture',
    recorded: ['ChargeCaptured', 'RefundRequested'],
    decided: ['ChargeCaptured'],
    why: 'who cancels late pays',
  };
  expect(await replayHistory(refused, keeping, [migration])).toMatchObject({ undeclared: [], unused: [] });
  expect(await replayHistory(refused, definitions, [migration])).toMatchObject({ unused: [migration] });
});

/** Payments that call the amount of a capture `sum`, and give the event no new version. */
const renaming = withPayments(({ contract }) => {
  const { types, ...info } = contract.$contract;
  const { ChargeCaptured } = types;
  const parse = (version: number, data: unknown): unknown => {
    const { sum } = data as { sum?: unknown };
    if (sum === undefined) throw new Error('sum: expected an object');
    return ChargeCaptured?.parse(version, data);
  };
  const changed = { ...types, ChargeCaptured: { ...ChargeCaptured, parse } };
  return { contract: { ...contract, $contract: { ...info, types: changed } } as unknown as typeof contract };
});

test('a field that is renamed without an upcast is found, with event, version and who hears it', async () => {
  const [payments] = renaming.filter(({ contract }) => contract.$contract.service === 'payments');
  const sample = { name: 'ChargeCaptured.2', data: { amount: {} } };
  expect(unreadable(payments as ServiceDefinition, [sample], definitions)).toEqual([
    'payments: ChargeCaptured version 2 is stored and cannot be read any more (heard by orders). ' +
      'Give the event a new version, and an upcast from version 2. sum: expected an object',
  ]);
  const { undeclared } = await replayHistory(join(folder, 'completed.ndjson'), renaming);
  expect(undeclared.join('\n')).toMatch(
    /recorded: ChargeCaptured\.2\n {2}today: .*sum.*\n {2}heard by orders/,
  );
});

test.each(definitions.map((definition) => [definition.contract.$contract.service, definition] as const))(
  'every version of every event of %s that was ever stored can be read',
  (service, definition) => {
    const path = join(root, 'services', service, 'contract', 'samples');
    const samples = globSync('*.json', { cwd: path }).map((file) => ({
      name: basename(file, '.json'),
      data: JSON.parse(readFileSync(join(path, file), 'utf8')) as unknown,
    }));
    expect(samples.length).toBeGreaterThan(0);
    expect(unreadable(definition, samples, definitions).join('\n')).toBe('');
  },
);
