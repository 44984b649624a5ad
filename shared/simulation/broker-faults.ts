import type { Trouble } from '@refrain/memory';
import type { Dice } from './dice.ts';
import type { FaultKind } from './fault-kind.ts';
import type { Args } from './plan.ts';
import { LOST_TAIL, SYNC_MS } from './power-cut.ts';
import type { Run } from './run.ts';
import type { Scenario } from './scenario.ts';

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

/** What a power cut takes: each stream loses its last commits, each at a place of its own. */
function drawCut(dice: Dice, scenario: Scenario, of: string): Args {
  const lostMs = (): number => dice.pick([0, dice.integer(0, 1_500), dice.integer(0, SYNC_MS)]);
  const names = [...scenario.services, 'notes', 'words'];
  return {
    ...Object.fromEntries(names.map((name) => [`${of}${name}`, lostMs()])),
    [`${of}alarms`]: dice.pick(['kept', 'lost']),
    [`${of}downMs`]: dice.integer(0, 10_000),
  };
}

/** Returns how many commits are gone. */
function cut(run: Run, args: Args, of: string): number {
  const syncedAt = (name: string): number => run.world.clock.now() - Number(args[`${of}${name}`] ?? 0);
  return run.power.cut({
    synced: Object.fromEntries(run.scenario.services.map((service) => [service, syncedAt(service)])),
    recoverySynced: syncedAt('notes'),
    wordsSynced: syncedAt('words'),
    alarms: args[`${of}alarms`] === 'lost',
    downMs: Number(args[`${of}downMs`] ?? 0),
  });
}

const AGAIN = 'again.';

/**
 * A power cut that is recovered from; often a second one comes while what the first one took is still seen
 * to, or soon after.
 */
const lostTail: FaultKind = {
  kind: LOST_TAIL,
  draw: (dice, scenario) => {
    const againMs = dice.pick([undefined, dice.integer(0, 10_000), dice.integer(0, 3 * SYNC_MS)]);
    const first = drawCut(dice, scenario, '');
    return againMs === undefined ? first : { ...first, againMs, ...drawCut(dice, scenario, AGAIN) };
  },
  begin(run, args) {
    const again = (): void => run.tookHold(LOST_TAIL, cut(run, args, AGAIN));
    const { againMs } = args;
    if (againMs !== undefined) run.power.onceRecovered(() => run.after(Number(againMs), again));
    run.tookHold(LOST_TAIL, cut(run, args, ''));
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
