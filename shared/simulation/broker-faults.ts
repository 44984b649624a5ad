import type { Trouble } from '@refrain/memory';
import type { FaultKind } from './fault-kind.ts';
import { LOST_TAIL, SYNC_MS } from './power-cut.ts';

/** A share of what is sent meets this trouble, for a while. */
const share = (kind: string, trouble: Trouble, { min, max }: { min: number; max: number }): FaultKind => ({
  kind,
  ...(trouble !== 'lostAcks' && trouble !== 'lostMessages' && trouble !== 'staleReads' && { repeats: true }),
  draw: (dice) => ({ share: dice.share(min, max), forMs: dice.integer(500, 8_000) }),
  begin: (run, args) => run.troubles.raise(trouble, Number(args['share'])),
  counted: (run) => run.world.broker.happened.get(trouble) ?? 0,
});

const windowOver: FaultKind = {
  kind: 'expired duplicate window',
  draw: () => ({}),
  begin(run) {
    run.world.broker.forgetIds();
    run.tookHold('expired duplicate window');
    return undefined;
  },
};

const durableAnew: FaultKind = {
  kind: 'durable created anew',
  repeats: true,
  draw: (dice, scenario) => ({ of: dice.pick(scenario.services), n: dice.integer(0, 9) }),
  begin(run, args) {
    const durables = run.world.broker.durables().filter(([service]) => service === args['of']);
    const chosen = durables[Number(args['n']) % Math.max(1, durables.length)];
    if (!chosen) return undefined;
    run.world.broker.durable(...chosen).rewind();
    run.tookHold('durable created anew');
    return undefined;
  },
};

const down: FaultKind = {
  kind: 'broker restart',
  repeats: true,
  draw: (dice) => ({ downMs: dice.pick([0, dice.integer(50, 2_000), dice.integer(2_000, 15_000)]) }),
  begin(run, args) {
    const { broker } = run.world;
    if (args['downMs'] === 0) broker.restart();
    else broker.goDown(Number(args['downMs']));
    run.tookHold('broker restart');
    return undefined;
  },
};

const purge: FaultKind = {
  kind: 'schedules purged',
  draw: () => ({}),
  begin(run) {
    run.tookHold('schedules purged', run.world.broker.schedules.count());
    run.world.broker.schedules.purge();
    return undefined;
  },
};

/** A power cut: each stream loses its last commits, each at a place of its own, and is recovered from. */
const lostTail: FaultKind = {
  kind: LOST_TAIL,
  draw: (dice, scenario) => {
    const lostMs = (): number => dice.pick([0, dice.integer(0, 1_500), dice.integer(0, SYNC_MS)]);
    const streams = scenario.services.map((service) => [service, lostMs()] as const);
    return {
      ...Object.fromEntries(streams),
      notes: lostMs(),
      words: lostMs(),
      alarms: dice.pick(['kept', 'lost']),
      downMs: dice.integer(0, 10_000),
    };
  },
  begin(run, args) {
    const syncedAt = (name: string): number => run.world.clock.now() - Number(args[name] ?? 0);
    const lost = run.power.cut({
      synced: Object.fromEntries(run.scenario.services.map((service) => [service, syncedAt(service)])),
      recoverySynced: syncedAt('notes'),
      wordsSynced: syncedAt('words'),
      alarms: args['alarms'] === 'lost',
      downMs: Number(args['downMs'] ?? 0),
    });
    run.tookHold(LOST_TAIL, lost);
    return undefined;
  },
};

/** What can happen between broker and processes, and to the broker. */
export const brokerFaults: readonly FaultKind[] = [
  share('lost deliveries', 'lostDeliveries', { min: 0.1, max: 0.7 }),
  share('late and reordered deliveries', 'lateDeliveries', { min: 0.1, max: 0.9 }),
  share('doubled deliveries', 'doubledDeliveries', { min: 0.1, max: 0.7 }),
  share('lost acknowledgements of appends', 'lostAcks', { min: 0.1, max: 0.8 }),
  share('lost acknowledgements of deliveries', 'lostSettlements', { min: 0.1, max: 0.8 }),
  share('stale reads', 'staleReads', { min: 0.1, max: 0.9 }),
  windowOver,
  durableAnew,
  down,
  purge,
];

/** What can happen to the words and reports of a governed scenario. */
export const wordFaults: readonly FaultKind[] = [
  share('lost words and reports', 'lostMessages', { min: 0.3, max: 1 }),
];

/** What can happen where the scenario says how it recovers. */
export const powerFaults: readonly FaultKind[] = [lostTail];
