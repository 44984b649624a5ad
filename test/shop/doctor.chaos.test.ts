import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type EventLog, newCommit } from '@refrain/event-log';
import { connectBroker, jetStreamEventLog } from '@refrain/jetstream';
import { metricCatalogue } from '@refrain/runtime';
import { readMetricsPage } from '@refrain/telemetry';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startShop, type TestShop } from '../support/shop.ts';
import { type ShopDoors, shopDoors } from '../support/shop-doors.ts';
import { pidOf, whileStopped } from '../support/signal.ts';
import { typed } from '../support/typed.ts';

interface Diagnosis {
  healthy: boolean;
  findings: { check: string; about: string; found: string; means: string; todo: string }[];
  notes: { about: string; found: string }[];
  unasked: { what: string; why: string }[];
}

const services = { orders: 10, payments: 11, inventory: 12, notifications: 13 } as const;
let shop: TestShop;
let doors: ShopDoors;
beforeAll(async () => {
  shop = await startShop('--fresh');
  doors = shopDoors(shop);
});
afterAll(() => shop.stop());

const at = (service: keyof typeof services, path: string): string =>
  `http://127.0.0.1:${shop.portBase + services[service]}${path}`;

async function doctor(): Promise<Diagnosis & { code: number; of: (check: string) => string[] }> {
  const { code, document } = await typed(shop.env, 'doctor');
  const diagnosis = document as Diagnosis;
  const of = (check: string): string[] =>
    diagnosis.findings
      .filter((finding) => finding.check === check)
      .map(({ about, found }) => `${about}: ${found}`);
  return { ...diagnosis, code, of };
}

async function pageOf(service: keyof typeof services) {
  const response = await fetch(at(service, '/metrics'));
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return readMetricsPage(await response.text());
}

test('a healthy shop has no finding, before and after its first orders', async () => {
  // Just started, an instance may not have heard a word yet.
  for (const [service, dependency] of [
    ['payments', 'psp'],
    ['notifications', 'mail'],
  ] as const)
    await vi.waitFor(async () => {
      const { samples = [] } = (await pageOf(service)).get('refrain_governor_word') ?? {};
      const labels = expect.objectContaining({ dependency, word: 'open' });
      expect(samples).toContainEqual(expect.objectContaining({ labels, value: 1 }));
    }, 15_000);
  expect(await doctor()).toMatchObject({ code: 0, healthy: true, findings: [], unasked: [] });
  const orders = await Promise.all([1, 2, 3].map(() => doors.place()));
  for (const orderId of orders) expect(await doors.settled(orderId)).toMatchObject({ status: 'completed' });
  const { code, findings, notes } = await doctor();
  expect({ code, findings }).toEqual({ code: 0, findings: [] });
  expect(notes.map(({ found }) => found)).toContain('sync_interval is the default, 2 min');
});

test('every service tells its metrics on a page without a fault, and they say what happened', async () => {
  for (const service of Object.keys(services) as (keyof typeof services)[]) {
    const page = await pageOf(service);
    expect([...page.keys()]).toEqual(Object.keys(metricCatalogue));
    for (const { samples } of page.values())
      for (const { labels } of samples) expect(labels['service']).toBe(service);
    const value = (name: string) => page.get(name)?.samples[0]?.value;
    expect([value('refrain_ready'), value('refrain_broker_answers')]).toEqual([1, 1]);
    expect(Math.abs(value('refrain_clock_offset_seconds') ?? 1)).toBeLessThan(0.5);
    expect(value('refrain_append_seconds')).toBeDefined();
  }
  const payments = await pageOf('payments');
  const sum = (name: string, label: string, is: string): number =>
    (payments.get(name)?.samples ?? [])
      .filter(({ labels }) => labels[label] === is)
      .reduce((total, { value }) => total + value, 0);
  expect(sum('refrain_calls_total', 'outcome', 'success')).toBe(3);
  expect(sum('refrain_operations_begun_total', 'effect', 'charge')).toBe(3);
  expect(sum('refrain_events_total', 'event', 'ChargeCaptured')).toBe(3);
  // What the business waits for: all three settled, nothing is open, and each took its time.
  const orders = await pageOf('orders');
  const samples = (name: string) => orders.get(name)?.samples ?? [];
  const settled = samples('refrain_matter_seconds').filter(({ name }) => name.endsWith('_count'));
  expect(settled.find(({ labels }) => labels['matter'] === 'unsettled order')?.value).toBe(3);
  expect(samples('refrain_matters_open').map(({ value }) => value)).toEqual([0, 0]);
  expect(samples('refrain_stream_commits')[0]?.value).toBeGreaterThanOrEqual(9);
  expect(samples('refrain_stream_copies').map(({ value }) => value)).toEqual([1, 0]);
});

test('a dependency that is down makes no service unready, and the fault is a finding', async () => {
  await doors.setFaults('psp', { mode: 'down' });
  await Promise.all([1, 2, 3, 4].map(() => doors.place()));
  const said = new Set<number>();
  for (let i = 0; i < 40; i++) {
    for (const service of Object.keys(services) as (keyof typeof services)[])
      said.add((await fetch(at(service, '/health/ready'))).status);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect([...said]).toEqual([200]);
  const { code, of } = await doctor();
  expect(code).toBe(1);
  expect(of('faults')).toEqual(['psp: it was told to be "down", for a share of 1']);
  expect(of('processes')).toEqual([]);
  await doors.setFaults('psp', { mode: 'none' });
});

test('what hangs is a finding, and the rest of the shop is looked at all the same', async () => {
  const running = await shop.processes();
  const hanging = ['payments', 'console'].map((one) => pidOf(running.find(({ name }) => name === one)));
  await whileStopped(hanging, async () => {
    await doors.place();
    const { code, of, unasked } = await doctor();
    expect(code).toBe(1);
    const found = 'it does not answer, though it runs';
    expect(of('processes')).toEqual([`payments: ${found}`, `console: ${found}`]);
    expect(unasked.map(({ what }) => what)).toEqual(['payments', 'console']);
    expect(of('streams')).toEqual([]);
  });
});

test('a service that was killed is a finding, also when it is back', async () => {
  const running = await shop.processes();
  process.kill(pidOf(running.find(({ name }) => name === 'notifications')), 'SIGKILL');
  const first = await doctor();
  expect([first.code, first.of('processes').length]).toEqual([1, 1]);
  await vi.waitFor(async () => expect((await fetch(at('notifications', '/health/ready'))).status).toBe(200), {
    timeout: 20_000,
    interval: 200,
  });
  await vi.waitFor(
    async () =>
      expect((await doctor()).of('processes')).toEqual([
        expect.stringMatching(/^notifications: it was started again \d+ s ago, 1 time in all$/),
      ]),
    { timeout: 10_000 },
  );
});

test('a dead letter that waits for a person is a finding, with what to do', async () => {
  const { log, close } = await asPayments();
  const entity = { service: 'payments', entityType: 'charge', entityId: 'nobody' };
  const cause = 'event:planted';
  const event = { id: 'planted', type: 'refrain.Defect', version: 1, cause, reaction: 'request the charge' };
  const data = { cause, reaction: event.reaction, error: 'planted by a test' };
  await log.append(newCommit({ entity, expected: 0, events: [{ ...event, correlation: 'nobody', data }] }));
  await close();
  const { code, of, findings } = await doctor();
  expect(code).toBe(1);
  expect(of('dead letters')).toEqual([
    expect.stringMatching(/^payments charge\/nobody, request the charge: planted by a test, \d+ s ago$/),
  ]);
  for (const { means, todo } of findings) expect(Math.min(means.length, todo.length)).toBeGreaterThan(10);
});

async function asPayments(): Promise<{ log: EventLog; close: () => Promise<void> }> {
  const secret = readFileSync(join(shop.refrainData, 'secrets', 'payments.json'), 'utf8');
  const login = JSON.parse(secret) as { user: string; password: string; inboxPrefix: string };
  const nc = await connectBroker({ url: `nats://127.0.0.1:${shop.portBase + 22}`, name: 'a test', ...login });
  return { log: jetStreamEventLog(nc, { clock: { now: () => Date.now() } }), close: () => nc.close() };
}
