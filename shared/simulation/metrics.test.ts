import { platformEvents } from '@refrain/contract-kit';
import { attributeValues, type Metrics, metricCatalogue } from '@refrain/runtime';
import { beforeAll, describe, expect, it } from 'vitest';
import { GovernedRun } from './governed.fixture.ts';
import { sourceService, workerService } from './toy.fixture.ts';
import { ToyRun } from './toy-world.fixture.ts';

interface Measured {
  readonly name: keyof typeof metricCatalogue;
  readonly value: number;
  readonly attributes: Readonly<Partial<Record<string, string>>>;
}

class Noted implements Metrics {
  readonly all: Measured[] = [];
  readonly #note: Metrics['add'] = (name, value, attributes = {}) =>
    void this.all.push({ name, value, attributes });
  add = this.#note;
  set = this.#note;
  record = this.#note;

  of(name: Measured['name'], attributes: Readonly<Record<string, string>> = {}): number[] {
    const isOf = (one: Measured): boolean =>
      one.name === name && Object.entries(attributes).every(([key, value]) => one.attributes[key] === value);
    return this.all.filter(isOf).map(({ value }) => value);
  }

  sum(name: Measured['name'], attributes: Readonly<Record<string, string>> = {}): number {
    return this.of(name, attributes).reduce((a, b) => a + b, 0);
  }
}

/** All that can go wrong goes wrong at least once. */
async function troubled(lostAcks: number): Promise<{ run: ToyRun; metrics: Noted }> {
  const metrics = new Noted();
  const run = new ToyRun(11, { metrics, lostAcks, doubledDeliveries: 0.3, latencyMs: 4 });
  run.start('worker');
  run.start('worker');
  run.fates.push('broken before', 'gone', 'surprise', 'broken after', 'refused');
  run.tellFates.push('broken before', 'silent');
  for (let i = 0; i < 30; i++) void run.place(i === 7 ? 'poison' : `thing-${i}`);
  void run.place('thing-1');
  await run.until(() => run.types('worker').filter((type) => type === 'Told').length >= 24, 300_000);
  await run.pass(60_000);
  for (const { host } of run.instances) void host.observe();
  await run.pass(1_000);
  return { run, metrics };
}

it('counts each recorded event, and each operation that began, where acknowledgements arrive', async () => {
  const { run, metrics } = await troubled(0);
  for (const type of ['Placed', 'Asked', 'Done', 'Told', 'refrain.AttemptFailed', 'refrain.Defect']) {
    const stored = [...run.types('source'), ...run.types('worker')].filter((one) => one === type);
    expect([type, metrics.sum('refrain_events_total', { event: type })]).toEqual([type, stored.length]);
  }
  const begun = metrics.sum('refrain_operations_begun_total', { dependency: 'world' });
  expect(begun).toBe(run.types('worker').filter((type) => type === 'Asked').length);
  expect(begun).toBeGreaterThan(20);
});

it('leaves the wait for leave out of what an operation takes to be called', async () => {
  const metrics = new Noted();
  const run = new GovernedRun(6, { metrics });
  run.words.world = { kind: 'throttled', rate: 2, newcomer: { calls: 2, retries: 0 } };
  run.start('worker');
  await run.pass(3_000);
  for (let i = 0; i < 5; i++) void run.place(`t${i}`);
  await run.pass(3_000);
  expect(run.calls.length).toBeGreaterThanOrEqual(4);
  const starts = metrics.of('refrain_call_start_seconds', { dependency: 'world' });
  expect(starts.length).toBeGreaterThanOrEqual(4);
  expect(Math.max(...starts)).toBeLessThan(0.1);
});

describe('what a run of services tells of itself', () => {
  let run: ToyRun;
  let metrics: Noted;
  beforeAll(async () => {
    ({ run, metrics } = await troubled(0.1));
  });

  it('has only attributes that are declared, with values from their list or from contracts', () => {
    const outside = { call: async () => '', lookup: async () => undefined, tell: async () => {} };
    const contracts = [sourceService(), workerService(outside)].map(({ contract }) => contract.$contract);
    const names = new Set([
      ...contracts.flatMap((contract) => [
        contract.service,
        ...Object.keys(contract.events),
        ...Object.entries(contract.effects).flatMap(([effect, rule]) => [effect, rule.dependency]),
      ]),
      ...Object.keys(platformEvents),
      'none',
    ]);
    expect(metrics.all.length).toBeGreaterThan(500);
    for (const { name, attributes } of metrics.all) {
      expect([name, Object.keys(attributes).sort()]).toEqual([
        name,
        [...metricCatalogue[name].attributes].sort(),
      ]);
      for (const [attribute, value = ''] of Object.entries(attributes)) {
        const values = attributeValues[attribute as keyof typeof attributeValues];
        const allowed: boolean =
          'names' in values ? names.has(value) : (values as readonly string[]).includes(value);
        expect(`${name} ${attribute}=${value}: ${allowed}`).toBe(`${name} ${attribute}=${value}: true`);
      }
    }
  });

  it('counts the calls that reached the world, and why operations wait', () => {
    expect(metrics.sum('refrain_calls_total', { effect: 'call' })).toBeGreaterThanOrEqual(run.calls.length);
    expect(metrics.of('refrain_wait_seconds', { reason: 'backoff', dependency: 'world' })).not.toEqual([]);
    expect(metrics.of('refrain_wait_seconds', { reason: 'outage' })).toEqual([expect.any(Number)]);
    expect(metrics.of('refrain_wait_seconds', { reason: 'lag' })).not.toEqual([]);
    expect(metrics.of('refrain_wait_seconds', { reason: 'schedule late' })).not.toEqual([]);
  });

  it('tells how soon an operation is called once it may be, beside the wait for leave', () => {
    const { length } = metrics.of('refrain_call_start_seconds', { dependency: 'world' });
    expect(length).toBeGreaterThanOrEqual(run.calls.length);
    expect(metrics.of('refrain_call_start_seconds', { kind: 'first' })).not.toEqual([]);
    const retries = metrics.of('refrain_call_start_seconds', { kind: 'retry' });
    // Each looks at its entity anew, and some set a start mark: a few ways of up to 4 ms, and a second more
    // where the mark's acknowledgement was lost.
    expect(Math.min(...retries)).toBeGreaterThan(0);
    expect(retries.filter((seconds) => seconds < 0.1).length).toBeGreaterThan(retries.length / 2);
    expect(Math.max(...retries)).toBeLessThan(2);
  });

  it('counts what each layer caught, and dead letters by what they are of', () => {
    expect(metrics.sum('refrain_duplicates_total', { layer: 'causes' })).toBeGreaterThan(0);
    expect(metrics.sum('refrain_duplicates_total', { layer: 'expected sequence' })).toBeGreaterThan(0);
    expect(metrics.sum('refrain_duplicates_total', { layer: 'broker window' })).toBeGreaterThan(0);
    expect(metrics.sum('refrain_dead_letters_total', { of: 'cause' })).toBe(1);
    expect(metrics.sum('refrain_dead_letters_total', { of: 'operation' })).toBe(1);
  });

  it('tells, when asked, what is open and what waits in each durable', () => {
    const last = (name: Measured['name'], attributes = {}) => metrics.of(name, attributes).at(-1);
    expect(last('refrain_operations', { effect: 'call', status: 'defect' })).toBe(1);
    expect(last('refrain_dead_letters_open')).toBe(2);
    expect(last('refrain_consumer_lag', { work: 'reactions', source: 'source' })).toBe(0);
    expect(last('refrain_consumer_lag', { work: 'effects', source: 'worker' })).toBe(0);
    expect(last('refrain_clock_offset_seconds')).toBe(0);
    expect(last('refrain_oldest_overdue_seconds')).toBeGreaterThanOrEqual(0);
  });
});
