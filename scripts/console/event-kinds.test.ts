import { expect, test } from 'vitest';
import { shopDefinitions } from '../cli/supervisor/shop-topology.ts';
import { eventKindsOf } from './event-kinds.ts';

const kindOf = eventKindsOf(shopDefinitions().map(({ contract }) => contract.$contract));

test.each([
  ['payments', 'ChargeDeclined', 'failure'],
  ['payments', 'ChargeAbandoned', 'failure'],
  ['payments', 'RefundStuck', 'failure'],
  ['payments', 'refrain.AttemptFailed', 'failure'],
  ['payments', 'RefundRequested', 'undo'],
  ['payments', 'RefundIssued', 'undo'],
  ['inventory', 'StockReleased', 'undo'],
  ['payments', 'refrain.Held', 'platform'],
  ['payments', 'ChargeCaptured', 'plain'],
  ['invoices', 'RefundIssued', 'plain'],
])('of %s, %s is %s', (service, type, kind) => {
  expect(kindOf({ service, type })).toBe(kind);
});
