import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { dashboards } from '../../scripts/monitoring/grafana-files.ts';
import { findPrometheus } from '../../scripts/prometheus.mjs';
import { startPrometheus, type TestPrometheus } from '../support/prometheus.ts';
import { attachShop } from '../support/shop.ts';
import { shopDoors } from '../support/shop-doors.ts';
import { pidOf, whileStopped } from '../support/signal.ts';

const tools = findPrometheus();
const eventually = { timeout: 30_000, interval: 200 };

// oxlint-disable-next-line vitest/valid-title -- it says what this machine would need
describe.skipIf(tools.missing !== undefined)(tools.missing ?? 'a real Prometheus at the shop', () => {
  const shop = attachShop(inject('shop'));
  const doors = shopDoors(shop);
  let prometheus: TestPrometheus;
  beforeAll(async () => {
    const bin = 'prometheus' in tools ? tools.prometheus : '';
    prometheus = await startPrometheus(bin, { portBase: shop.portBase, holds: '0s' });
  });
  afterAll(() => prometheus.stop());

  const fires = async (name: string, labels: Record<string, string>): Promise<void> =>
    await vi.waitFor(async () => {
      expect(await prometheus.firing(name)).toContainEqual(expect.objectContaining(labels));
    }, eventually);
  const clears = async (name: string): Promise<void> =>
    await vi.waitFor(async () => expect(await prometheus.firing(name)).toEqual([]), eventually);

  test('reads every process, evaluates every rule, and answers every query of the dashboards', async () => {
    await doors.settled(await doors.place());
    await vi.waitFor(async () => {
      const up = await prometheus.query('up');
      expect(up.map(({ value }) => value[1])).toEqual(['1', '1', '1', '1', '1']);
      expect(await prometheus.ruleErrors()).toEqual([]);
    }, eventually);
    const [page] = await prometheus.query('max(refrain_matter_seconds_count{matter="unsettled order"})');
    expect(Number(page?.value[1])).toBeGreaterThan(0);
    for (const { panels } of dashboards)
      for (const { expr } of panels.flatMap(({ queries }) => queries))
        await prometheus.query(expr.replaceAll('$service', 'payments'));
  });

  test('sees a provider fail and be held, and sees it heal', async () => {
    await clears('RefrainCallsHeld');
    await doors.setFaults('psp', { mode: 'down' });
    const placed = await Promise.all(Array.from({ length: 12 }, () => doors.place()));
    await fires('RefrainCallsHeld', { dependency: 'psp', severity: 'critical' });
    await doors.setFaults('psp', { mode: 'none' });
    for (const orderId of placed) expect((await doors.settled(orderId)).status).toBe('completed');
    await clears('RefrainCallsHeld');
  });

  test('sees the governor fall silent, and speak again', async () => {
    await clears('RefrainGovernorSilent');
    const governor = pidOf((await shop.processes()).find(({ name }) => name === 'governor'));
    await whileStopped([governor], () => fires('RefrainGovernorSilent', { dependency: 'psp' }));
    await clears('RefrainGovernorSilent');
    expect((await doors.settled(await doors.place())).status).toBe('completed');
  });
});
