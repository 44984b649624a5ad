import { decisionsOf, readingOf, replayLog, type ReplayReport } from '@refrain/replay';
import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import type { EventChanges } from '../../scripts/cli/replay/entity-changes.ts';
import type { WhatIf } from '../../scripts/cli/replay/what-if.ts';
import { findShop } from '../../scripts/cli/shop-at.ts';
import { withShopLog } from '../../scripts/cli/shop-log/open.ts';
import { shopDefinitions } from '../../scripts/cli/supervisor/shop-topology.ts';
import { attachShop } from '../support/shop.ts';
import { shopDoors } from '../support/shop-doors.ts';
import { typed } from '../support/typed.ts';
import { changedPayments } from './changed-payments.ts';

const shop = attachShop(inject('shop'));
const doors = shopDoors(shop);
const refrain = (...argv: string[]) => typed(shop.env, ...argv);
const SERVICES = ['orders', 'payments', 'inventory', 'notifications'];
let failed: string[] = [];
let demoCode: number | undefined;

beforeAll(async () => {
  demoCode = (await refrain('demo', '--orders', '40', '--rate', '20', '--seed', '7')).code;
  await doors.setFaults('psp', { mode: 'fail_before', rate: 1 });
  failed = [await doors.place(), await doors.place()];
  await vi.waitUntil(async () => (await doors.calls()).filter(isOfFailed).length > 2, {
    timeout: 20_000,
    interval: 100,
  });
  await doors.setFaults('psp', { mode: 'none' });
  for (const orderId of failed) await doors.settled(orderId);
});
afterAll(() => doors.setFaults('psp', { mode: 'none' }));

const isOfFailed = ({ orderId, step }: { orderId: string | null; step: string }): boolean =>
  step === 'create' && failed.includes(orderId ?? '');

/** The replay of payments as another build would decide. */
const changedReplay = (): Promise<ReplayReport> =>
  withShopLog(findShop(shop.env), async (log) => {
    const payments = shopDefinitions().find(({ contract }) => contract.$contract.service === 'payments');
    if (!payments) throw new Error('there is no payments');
    return await replayLog({ log: readingOf(log), decisions: decisionsOf(changedPayments(payments)) });
  });

// They only read: they need not take turns.
describe.concurrent('of what was recorded', () => {
  test.each(SERVICES)('what %s recorded in a demo, it would decide today', async (service) => {
    const { code, document } = await refrain('replay', service);
    const report = document as ReplayReport;
    expect(demoCode).toBe(0);
    expect(report.differences).toEqual([]);
    expect(report.notDecided['cause not found']).toBe(0);
    expect(report.same).toBeGreaterThan(30);
    expect(code).toBe(0);
  });

  test('a decider that was changed is found out, each decision with its event, and the entity shows it too', async () => {
    const { different, differences } = await changedReplay();
    expect(different).toBeGreaterThan(0);
    for (const { recorded, decided } of differences) {
      expect(decided.map(({ type }) => type)).toEqual(recorded.map(({ type }) => type));
      expect(decided.at(-1)).toMatchObject({ type: 'RefundRequested', data: { reason: 'changed' } });
    }
    const { entity = '', seq = 0 } = differences[0] ?? {};
    const { document } = await refrain(
      'diff',
      'payments',
      entity,
      '--from',
      String(seq - 1),
      '--to',
      String(seq),
    );
    const { events } = document as { events: EventChanges[] };
    expect(events.map((event) => event.seq)).toContain(seq);
    expect(events.at(-1)).toMatchObject({ type: 'RefundRequested' });
    expect(events.at(-1)?.changes).toMatchObject([{ before: 'none', after: 'requested' }]);
    const one = await refrain('replay', 'payments', '--entity', entity, '--from', String(seq));
    expect(one).toMatchObject({ code: 0, document: { different: 0, notDecided: { 'cause not found': 0 } } });
  });

  test('time travel: the state before an event, and after it, is what the event made of it', async () => {
    const [orderId = ''] = failed;
    const { document } = await refrain('diff', 'orders', `order/${orderId}`);
    const { events } = document as { events: EventChanges[] };
    expect(events[0]).toMatchObject({
      type: 'OrderPlaced',
      changes: [{ path: 'status', before: 'none', after: 'placed' }, {}],
    });
    const last = events.findLast(({ changes }) => changes.some(({ path }) => path === 'status'));
    const at = async (position: string) =>
      (
        (await refrain('state', 'orders', `order/${orderId}`, '--at', position)).document as {
          state: { status: string };
        }
      ).state.status;
    expect(await at(String((last?.seq ?? 0) - 1))).toBe('placed');
    expect(await at(String(last?.seq))).toBe('completed');
    expect(await at(String(last?.at))).toBe('completed');
  });

  test('what if: with one attempt all that failed would have been given up, and the record is told beside it', async () => {
    const { code, document } = await refrain('replay', 'payments', '--retry-rule', 'attempts=1');
    const { sums, operations } = document as WhatIf;
    expect(code).toBe(0);
    const ours = operations.filter(({ flow }) => failed.includes(flow));
    expect(ours.map(({ asked }) => [asked.calls.length, asked.end])).toEqual([
      [1, 'gave up'],
      [1, 'gave up'],
    ]);
    expect(ours.every(({ recorded }) => recorded.end === 'answered' && recorded.calls.length > 1)).toBe(true);
    expect(sums.asked.calls).toBe(operations.length);
    expect(sums.recorded.calls).toBeGreaterThan(operations.length);
  });

  test.each([
    ['the log of payments ends at', ['replay', 'payments', '--from', '99999999']],
    ['lies in the future', ['diff', 'payments', 'charge/x', '--to', '2999-01-01']],
    ['lies in the future', ['state', 'payments', 'charge/x', '--at', '2999-01-01']],
  ])('%s is wrong usage: %j', async (message, argv) => {
    const { code, document } = await refrain(...argv);
    expect(code).toBe(2);
    expect((document as { error: { message: string } }).error.message).toContain(message);
  });

  test('an entity that is not there is a finding', async () => {
    expect((await refrain('replay', 'payments', '--entity', 'charge/nobody')).code).toBe(1);
    expect((await refrain('diff', 'payments', 'charge/nobody')).code).toBe(1);
  });
});
