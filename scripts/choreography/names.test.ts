import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { shopDefinitions } from '../cli/supervisor/shop-topology.ts';
import { keepNames } from './shop-services.ts';

const services = mkdtempSync(join(tmpdir(), 'refrain-names-'));
const file = join(services, 'payments', 'contract', 'names.json');
const payments = shopDefinitions().filter(({ contract }) => contract.$contract.service === 'payments');

beforeAll(() => {
  mkdirSync(join(services, 'payments', 'contract'), { recursive: true });
});
afterAll(() => {
  rmSync(services, { recursive: true });
});

test('new names are kept, those that are kept stay, also where nothing has them any more', () => {
  writeFileSync(
    file,
    JSON.stringify(['orders.OrderPlaced: charge at once', 'orders.OrderPlaced: request the charge']),
  );
  expect(keepNames(payments, services)).toEqual([
    'payments: effect charge after ChargeRequested',
    'payments: effect refund after RefundRequested',
    'payments: orders.OrderCancelling: give the money back',
  ]);
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual([
    'effect charge after ChargeRequested',
    'effect refund after RefundRequested',
    'orders.OrderCancelling: give the money back',
    'orders.OrderPlaced: charge at once',
    'orders.OrderPlaced: request the charge',
  ]);
  expect(keepNames(payments, services)).toEqual([]);
});
