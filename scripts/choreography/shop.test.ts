import { type CheckReport, checkChoreography, type Counterexample } from '@refrain/checking';
import { inventory } from '@refrain/contract-inventory';
import { orders } from '@refrain/contract-orders';
import { payments } from '@refrain/contract-payments';
import type { AnyDecider, Command } from '@refrain/decider';
import type { ServiceDefinition } from '@refrain/runtime';
import type { Reservation } from '@refrain/service-inventory/reservation';
import type { Order } from '@refrain/service-orders/order';
import type { Charge } from '@refrain/service-payments/charge';
import { describe, expect, test } from 'vitest';
import { storyLines } from './lines.ts';
import { shopDefinitions, standInOf } from '../cli/supervisor/shop-topology.ts';
import { shopServices } from './shop-services.ts';
import { shopWorld } from './shop-world.ts';

const oneOrder = { ...shopWorld, sizes: shopWorld.sizes.slice(0, 1) };

/** Checks the shop within two bounds, however long that takes on this machine. */
const check = async (
  definitions: readonly ServiceDefinition[],
  { world = oneOrder, findings = true, bounds = 2 } = {},
): Promise<CheckReport> =>
  await checkChoreography(shopServices(definitions), world, {
    seconds: 1,
    now: () => 0,
    bounds,
    states: 400_000,
    findings,
  });

/** The services that these stories are about, whatever others have joined them: bounds grow with each. */
const ownDefinitions = (): ServiceDefinition[] =>
  ['orders', 'payments', 'inventory', 'notifications'].map(standInOf);

type Decide = AnyDecider['decide'];

/** The shop with one decider altered: `decide` gets the real one to fall back on. */
const shopWith = (entityType: string, decide: (real: Decide) => Decide): ServiceDefinition[] =>
  ownDefinitions().map((definition) => ({
    ...definition,
    deciders: definition.deciders.map(({ $decider }) =>
      $decider.entityType === entityType
        ? { $decider: { ...$decider, decide: decide((state, command) => $decider.decide(state, command)) } }
        : { $decider },
    ),
  }));

/** Another answer to one command, where it is planted. */
const answering =
  <S, D>(name: string, planted: (state: S, data: D) => ReturnType<Decide> | undefined) =>
  (real: Decide): Decide =>
  (state, command: Command) =>
    (command.name === name ? planted(state as S, command.data as D) : undefined) ?? real(state, command);

async function storyOf(definitions: readonly ServiceDefinition[], scenario = 0): Promise<Counterexample> {
  const scenarios = oneOrder.sizes[0]?.scenarios.slice(scenario, scenario + 1) ?? [];
  const world = { ...shopWorld, sizes: [{ name: 'one order', scenarios }] };
  const { counterexample } = await check(definitions, { world, findings: false });
  if (!counterexample) throw new Error('nothing was found');
  return counterexample;
}

const recordsOf = ({ steps }: Counterexample): string[] => steps.flatMap(({ records }) => records);

test('with every service that is there nothing is found either, within one order', {
  timeout: 60_000,
}, async () => {
  const report = await check(shopDefinitions(), { bounds: 1 });
  expect(report.findings).toEqual([]);
  expect(report.counterexample).toBeUndefined();
});

test('in the shop nothing is found, within one order, one failure of each effect and one death of each process', {
  timeout: 60_000,
}, async () => {
  const report = await check(ownDefinitions());
  expect(report.findings).toEqual([]);
  expect(report.counterexample).toBeUndefined();
  expect(report.judged).toBe(true);
  expect(report.bounds.map(({ exhausted }) => exhausted)).toEqual([true, true]);
  expect(report.largest?.states).toBeGreaterThan(60_000);
});

type Its = { orderId: string; reason: string };

describe('a planted fault is found, and told as a story', { timeout: 60_000 }, () => {
  test('a cancellation that comes while the charge is under way is not remembered', async () => {
    const forgetful = answering<Charge, Its>('cancel', ({ status }) =>
      status === 'charging' ? [] : undefined,
    );
    const story = await storyOf(shopWith('charge', forgetful));
    expect(story).toMatchObject({ invariant: 'settled', found: expect.stringMatching(/is cancelling/) });
    expect(recordsOf(story)).toContain('ChargeCaptured');
  });

  test('a capture that comes after giving up is dropped', async () => {
    const dropping = answering<Charge, Its>('recordCapture', ({ status }) =>
      status === 'abandoned' ? [] : undefined,
    );
    const story = await storyOf(shopWith('charge', dropping));
    expect(story.invariant).toBe('success recorded');
    expect(recordsOf(story)).toContain('ChargeAbandoned');
    expect(story.found).toBe('charge of payments charge/o1 happened, and recordCapture records nothing');
  });

  test('a capture that is on its way back counts as good', async () => {
    const trusting = answering<Order, { orderId: string }>('acceptPayment', (state, { orderId }) => {
      if (state.status !== 'placed' || state.paid) return [];
      const paid = orders.OrderPaid({ orderId });
      return state.reserved
        ? [paid, orders.OrderCompleted({ orderId, customer: state.placing?.customer ?? { email: '' } })]
        : [paid];
    });
    const story = await storyOf(shopWith('order', trusting));
    expect(story.invariant).toBe('money');
    expect(recordsOf(story)).toEqual(expect.arrayContaining(['RefundRequested', 'OrderCompleted']));
  });

  test('stock is released before the warehouse has answered', async () => {
    const hasty = answering<Reservation, Its>('cancel', ({ status, lines }, { orderId }) =>
      status === 'requested' ? [inventory.ReleaseRequested({ orderId, lines })] : undefined,
    );
    const story = await storyOf(shopWith('reservation', hasty), 1);
    expect(story.invariant).toBe('stock');
    expect(recordsOf(story)).toEqual(expect.arrayContaining(['StockRefused', 'StockReleased']));
  });

  test('a refund is asked for again where the same capture comes twice', async () => {
    const doubling = answering<Charge, { orderId: string; amount: never; providerRef: string }>(
      'recordCapture',
      (state, { orderId, amount, providerRef }) =>
        state.captures[providerRef]
          ? [payments.RefundRequested({ orderId, amount, providerRef, reason: 'again' })]
          : undefined,
    );
    const story = await storyOf(shopWith('charge', doubling));
    expect(recordsOf(story).filter((type) => type === 'RefundRequested')).toHaveLength(2);
    expect(story.found).toBe('refund of payments charge/o1 happened, and recordRefund records nothing');
  });

  test('a decider that throws when the cancellation comes first', async () => {
    const refusing = answering<Charge, Its>('cancel', ({ status }) => {
      if (status === 'none') throw new Error('there is no charge');
      return undefined;
    });
    const story = await storyOf(shopWith('charge', refusing));
    expect(story.found).toBe('cancel throws: there is no charge');
    expect(storyLines(story)).toEqual([
      'BROKEN  decides',
      '  given    an order of two lines, both in stock',
      expect.stringMatching(/^ {2}then {5} 1 {2}the customer places it +OrderPlaced$/),
      expect.stringMatching(/^ {11} 2 {2}.+ +OrderCancelling/),
      expect.stringMatching(/^ {11} 3 {2}payments charge\/o1 hears OrderCancelling: give the money back +-$/),
      '  expected a decision is made, whatever arrives in whatever order',
      '  found    cancel throws: there is no charge',
    ]);
  });
});
