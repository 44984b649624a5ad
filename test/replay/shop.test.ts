import { charge } from '@refrain/service-payments/charge';
import { type Asked, decisionsOf, replayLog, type ReplayReport } from '@refrain/replay';
import type { ServiceDefinition } from '@refrain/runtime';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CutShop } from '../simulation/cut-shop.ts';
import { logOf, recordedShop } from './recorded-shop.ts';

const SERVICES = ['orders', 'payments', 'inventory', 'notifications'];
let shop: CutShop;
let definitions: ServiceDefinition[];

beforeAll(async () => {
  shop = await recordedShop(1);
  definitions = shop.definitions();
});

const definitionOf = (service: string): ServiceDefinition => {
  const found = definitions.find(({ contract }) => contract.$contract.service === service);
  if (!found) throw new Error(`no service ${service}`);
  return found;
};
const replayed = (definition: ServiceDefinition, more: Partial<Asked> = {}): Promise<ReplayReport> =>
  replayLog({ log: logOf(shop), decisions: decisionsOf(definition), ...more });

/** Payments that keep whatever they capture, also what was recalled. */
function keepsAll(): ServiceDefinition {
  const payments = definitionOf('payments');
  const { $decider } = charge;
  const changed: typeof $decider = {
    ...$decider,
    decide: (state, command) =>
      $decider
        .decide(state, command)
        .filter(({ type }) => type !== 'RefundRequested' || command.name !== 'recordCapture'),
  };
  return { ...payments, deciders: [{ $decider: changed }] };
}

describe('the logs of the shop, with every kind of trouble in them', () => {
  it.each(SERVICES)('%s decides today what is on record', async (service) => {
    const { differences, same, notDecided } = await replayed(definitionOf(service));
    expect(differences).toEqual([]);
    expect(same).toBeGreaterThan(50);
    expect(notDecided['cause not found']).toBe(0);
  });

  it('come out the same with memory for two entities and one page', async () => {
    for (const service of SERVICES) {
      const usual = await replayed(definitionOf(service));
      expect(await replayed(definitionOf(service), { entitiesMax: 2 })).toEqual(usual);
    }
  });

  it('name the decision that a changed decider makes otherwise, with its event', async () => {
    const { differences, different } = await replayed(keepsAll());
    expect(different).toBeGreaterThan(0);
    for (const { reaction, entity, recorded, decided } of differences) {
      expect(reaction).toBe('recordCapture');
      expect(entity).toMatch(/^charge\//);
      expect(recorded.map(({ type }) => type)).toEqual(['ChargeCaptured', 'RefundRequested']);
      expect(decided.map(({ type }) => type)).toEqual(['ChargeCaptured']);
    }
    const [first] = differences;
    const entityId = first?.entity.split('/')[1] ?? '';
    const one = await replayed(keepsAll(), { entity: { entityType: 'charge', entityId } });
    expect(one).toMatchObject({ different: 1, differences: [first], notDecided: { 'cause not found': 0 } });
    expect(one.commits).toBeLessThan(10);
  });

  it.each(SERVICES)('%s, read to a commit in the middle, makes each decision up to it', async (service) => {
    for (const last of [3, 20, 50]) {
      const isJudged = ({ seq }: { seq: number }): boolean => seq <= last;
      const whole = await replayed(definitionOf(service), { isJudged });
      const part = await replayed(definitionOf(service), { isJudged, isOver: ({ seq }) => seq > last });
      expect(part.commits).toBe(last);
      const decided = ({ same, different, notDecided }: ReplayReport) => ({ same, different, notDecided });
      expect(decided(part)).toEqual(decided(whole));
    }
  });

  it('replay one entity, the hot one too', async () => {
    const all = await replayed(definitionOf('inventory'));
    const entity = { entityType: 'warehouse', entityId: 'main' };
    const one = await replayed(definitionOf('inventory'), { entity });
    expect(one).toMatchObject({ different: 0, notDecided: { 'cause not found': 0 } });
    expect(one.same).toBeGreaterThan(30);
    expect(one.same).toBeLessThan(all.same);
  });
});
