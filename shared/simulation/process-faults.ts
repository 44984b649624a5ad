import type { FaultKind } from './fault-kind.ts';
import type { Args } from './plan.ts';

const name = (args: Args): string => String(args['process']);
const ms = (args: Args, of: string): number => Number(args[of]);

const crash: FaultKind = {
  kind: 'crash',
  draw: (dice, scenario) => ({
    process: dice.pick(namesOf(scenario.services, scenario.instances)),
    backMs: dice.integer(0, 3_000),
  }),
  begin(run, args) {
    if (run.crash(name(args), ms(args, 'backMs'))) run.tookHold('crash');
    return undefined;
  },
};

const crashAtAwait: FaultKind = {
  kind: 'crash at an await',
  draw: (dice, scenario) => ({
    process: dice.pick(namesOf(scenario.services, scenario.instances)),
    calls: dice.integer(0, 120),
    backMs: dice.integer(0, 3_000),
  }),
  begin(run, args) {
    const trap = { kind: 'crash at an await', backMs: ms(args, 'backMs'), calls: ms(args, 'calls') };
    run.crashAt(name(args), trap);
    return undefined;
  },
};

/** The first process that comes to the point for the n-th time dies there. */
export const CRASH_AT_POINT = 'crash at a point';
const crashAtPoint: FaultKind = {
  kind: CRASH_AT_POINT,
  begin(run, args) {
    const backMs = ms(args, 'backMs');
    run.crashAtPoint({
      kind: CRASH_AT_POINT,
      label: String(args['label']),
      backMs,
      calls: ms(args, 'nth') - 1,
    });
    return undefined;
  },
};

/** SIGTERM: it takes no new work, ends what it began, and is started again. */
const restart: FaultKind = {
  kind: 'orderly restart',
  draw: (dice, scenario) => ({ process: dice.pick(namesOf(scenario.services, scenario.instances)) }),
  begin(run, args) {
    const host = run.host(name(args));
    const process = run.process(name(args));
    if (!host || !process.alive) return undefined;
    run.tookHold('orderly restart');
    const leave = (): void => {
      if (run.process(name(args)) === process) run.crash(name(args), 0);
    };
    void host.drain().then(leave);
    run.after(DRAIN_MS, leave); // who does not end is ended
    return undefined;
  },
};
const DRAIN_MS = 20_000;

/** SIGSTOP, and SIGCONT while others have gone on: what it knows is old, and it does not know that. */
const pause: FaultKind = {
  kind: 'pause',
  draw: (dice, scenario) => ({
    process: dice.pick(namesOf(scenario.services, scenario.instances)),
    forMs: dice.pick([dice.integer(100, 2_000), dice.integer(2_000, 20_000), dice.integer(20_000, 50_000)]),
  }),
  begin(run, args) {
    const process = run.process(name(args));
    if (!process.alive || process.paused) return undefined;
    process.pause();
    run.unrecordedMax++; // what it had begun may be begun again by another one meanwhile
    run.tookHold('pause');
    return () => process.resume();
  },
};

const deathOfOther: FaultKind = {
  kind: 'governor death',
  draw: (dice, scenario) => ({
    process: dice.pick(namesOf(scenario.others ?? [], scenario.instances)),
    backMs: dice.integer(500, 10_000),
  }),
  begin(run, args) {
    if (run.crash(name(args), ms(args, 'backMs'))) run.tookHold('governor death');
    return undefined;
  },
};

/** Nobody speaks for a while: instances are on their own. */
const allGone: FaultKind = {
  kind: 'governors gone',
  draw: (dice) => ({ forMs: dice.integer(5_000, 40_000) }),
  begin(run, args) {
    for (const one of run.processes(run.scenario.others ?? []))
      if (run.crash(one, ms(args, 'forMs'))) run.tookHold('governors gone');
    return undefined;
  },
};

/** The one that speaks is stopped, the other takes over, and then there are two for a while. */
const twoGovernors: FaultKind = {
  kind: 'two governors',
  draw: (dice, scenario) => ({
    process: dice.pick(namesOf(scenario.others ?? [], scenario.instances)),
    forMs: dice.integer(3_500, 15_000),
  }),
  begin(run, args) {
    const process = run.process(name(args));
    if (!process.alive || process.paused) return undefined;
    process.pause();
    run.tookHold('two governors');
    return () => process.resume();
  },
};

/** From the start on its clock is off by so much. */
const skew: FaultKind = {
  kind: 'clock skew',
  draw: (dice, scenario) => ({
    process: dice.pick(namesOf(scenario.services, scenario.instances)),
    ms: dice.integer(-3_000, 3_000),
  }),
  begin(run, args) {
    run.jump(name(args), ms(args, 'ms'));
    run.tookHold('clock skew');
    return undefined;
  },
};

/** Somebody sets it, or it is set by a time server after a long sleep. */
const jump: FaultKind = {
  kind: 'clock jump',
  draw: (dice, scenario) => ({
    process: dice.pick(namesOf(scenario.services, scenario.instances)),
    ms: dice.pick([-1, 1]) * dice.integer(1_000, 60_000),
    forMs: dice.integer(1_000, 20_000),
  }),
  begin(run, args) {
    run.jump(name(args), ms(args, 'ms'));
    run.tookHold('clock jump');
    return () => run.jump(name(args), -ms(args, 'ms'));
  },
};

/** Instance by instance a build comes that records an event in a newer version, beside the old one. */
const deploy: FaultKind = {
  kind: 'deploy of a newer version',
  draw: (dice, scenario) => {
    const { service, type } = dice.pick(scenario.newer);
    return { service, type, first: dice.pick(['readers', 'writer']), stepMs: dice.integer(200, 4_000) };
  },
  begin(run, args) {
    const version = run.scenario.newer.find(({ type }) => type === args['type']);
    if (!version) throw new Error(`no deploy brings ${args['type']} in a newer version`);
    const { service, readers } = version;
    const order = args['first'] === 'readers' ? [...readers, service] : [service, ...readers];
    run
      .processes(order)
      .forEach((one, i) => run.after(i * ms(args, 'stepMs'), () => run.update(one, version)));
    return undefined;
  },
  counted: ({ world, plan, scenario }) => {
    const deployed = plan.faults.filter(({ kind }) => kind === 'deploy of a newer version');
    return deployed.filter(({ args }) => {
      const { service, type } = scenario.newer.find((one) => one.type === args['type']) ?? {};
      const versions = world.broker
        .commitsOf(service ?? '')
        .flatMap(({ types }) => types.filter((text) => text.startsWith(`${type}.`)));
      return new Set(versions).size > 1;
    }).length;
  },
};

/** A build with a mistake comes, writes dead letters, and is rolled back. */
const badDeploy: FaultKind = {
  kind: 'deploy with a mistake',
  draw: (dice, scenario) => ({
    process: dice.pick(namesOf(scenario.services, scenario.instances)),
    reaction: dice.integer(0, 9),
    forMs: dice.integer(500, 10_000),
  }),
  begin(run, args) {
    return run.spoil(name(args), ms(args, 'reaction'));
  },
  counted: ({ world, scenario }) =>
    scenario.services
      .flatMap((service) => world.broker.commitsOf(service))
      .filter(({ types }) => types.some((type) => type.startsWith('refrain.Defect.'))).length,
};

const namesOf = (services: readonly string[], instances: number): string[] =>
  services.flatMap((service) => Array.from({ length: instances }, (_, i) => `${service}-${i + 1}`));

/** What can happen to processes. */
export const processFaults: readonly FaultKind[] = [
  crash,
  crashAtAwait,
  crashAtPoint,
  restart,
  pause,
  skew,
  jump,
  deploy,
];

/** What needs people who see to it afterwards. */
export const peopledFaults: readonly FaultKind[] = [badDeploy];

/** What can happen to those that host no service, where a scenario has such. */
export const governorFaults: readonly FaultKind[] = [deathOfOther, allGone, twoGovernors];
