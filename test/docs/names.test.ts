import { platformEvents } from '@refrain/contract-kit';
import { catalogue } from '@refrain/errors';
import { expect, test } from 'vitest';
import { shopDefinitions } from '../../scripts/cli/supervisor/shop-topology.ts';
import { badNames } from './names.ts';
import { pages } from './pages.ts';

const events = new Map(
  shopDefinitions().flatMap(({ contract: { $contract } }) =>
    Object.entries($contract.events).map(([type, { entityType }]) => [
      type,
      `${$contract.service} ${entityType}`,
    ]),
  ),
);
for (const type of Object.keys(platformEvents)) events.set(type, '');
const names = { events, errors: new Set(Object.keys(catalogue)) };
const found = (text: string): string[] => badNames({ path: 'README.md', text }, names);

test('events and errors that are there are fine', () => {
  expect(found('`ChargeCaptured` `ChargeCaptured{kept}` `refrain.Noted` `RF_CONFIG` `REFRAIN_DATA`')).toEqual(
    [],
  );
  expect(found('payments       | ChargeCaptured charge ph2jss…')).toEqual([]);
});

test('an event and an error that are not there, and output that nobody prints, are found', () => {
  expect(found('`ChargeTaken`')).toEqual(['README.md names ChargeTaken, which is no event and no error']);
  expect(found('`refrain.Nodded`')).toHaveLength(1);
  expect(found('`RF_CONFUSED`')).toHaveLength(1);
  expect(found('orders         | ChargeCaptured charge ph2jss…')).toHaveLength(1);
});

test('every event and error that the pages name is there', () => {
  expect(pages().flatMap((page) => badNames(page, names))).toEqual([]);
});
