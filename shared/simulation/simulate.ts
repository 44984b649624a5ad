import { hash } from '@refrain/contract-kit';
import { brokerFaults, powerFaults, wordFaults } from './broker-faults.ts';
import type { FaultKind } from './fault-kind.ts';
import type { Plan } from './plan.ts';
import { LOST_TAIL } from './power-cut.ts';
import { governorFaults, peopledFaults, processFaults } from './process-faults.ts';
import { Run } from './run.ts';
import type { Finding, Scenario } from './scenario.ts';
import type { PortPoint } from './watched-ports.ts';

/** What a run came to. */
export interface Outcome {
  readonly seed: number;
  readonly findings: readonly Finding[];
  /** How often each invariant was looked at. */
  readonly invariants: Readonly<Record<string, number>>;
  /** How often each kind of fault came true. */
  readonly took: Readonly<Record<string, number>>;
  /** Virtual time that passed, in milliseconds. */
  readonly virtualMs: number;
  readonly events: number;
  /** A hash of everything that was stored, and of what happened outside: equal for equal runs. */
  readonly fingerprint: string;
}

export interface SimulateOptions {
  /** Told what happens, in virtual milliseconds from the start. */
  readonly onTold?: (atMs: number, who: string, what: string) => void;
  /** Told of every call through a port, before and after it. */
  readonly onPoint?: (point: PortPoint) => void;
  /** Called once everything is set up, before time passes. */
  readonly prepare?: (run: Run) => void;
}

/** Longest virtual time until everything is settled, in milliseconds: then what is open is a finding. */
const SETTLED_MS_MAX = 2 * 3_600_000;
const LOST_MS_MAX = 900_000;

/** Every kind of fault that a scenario can meet. */
export const faultKinds = (scenario: Scenario): readonly FaultKind[] => [
  ...processFaults.filter(({ kind }) => scenario.newer.length > 0 || kind !== 'deploy of a newer version'),
  ...(scenario.drawPeople ? peopledFaults : []),
  ...brokerFaults,
  ...(scenario.recover ? powerFaults : []),
  ...((scenario.others ?? []).length > 0 ? [...governorFaults, ...wordFaults] : []),
  ...scenario.faults,
];

/** Runs a plan to its end and says what is broken. The same plan gives the same outcome on any machine. */
export async function simulate(
  scenario: Scenario,
  plan: Plan,
  options: SimulateOptions = {},
): Promise<Outcome> {
  const run = new Run(scenario, plan);
  const { clock, broker } = run.world;
  const from = clock.now();
  const { onTold, onPoint } = options;
  if (onTold) run.world.onTold = (who, what) => onTold(clock.now() - from, who, what);
  if (onPoint) run.onPoint = onPoint;
  const kinds = faultKinds(scenario);
  run.begin(new Map(kinds.map((one) => [one.kind, one])));
  options.prepare?.(run);
  // What a broker lost may leave something that waits for a person, and that nobody answers here.
  const isWhole = !plan.faults.some(({ kind }) => kind === LOST_TAIL);
  await clock.runUntil(() => run.isOver(), isWhole ? SETTLED_MS_MAX : LOST_MS_MAX);
  const checked = await run.stage.check();
  const findings = [...checked.findings, ...(await run.replay())];
  for (const { kind, counted } of kinds) run.tookHold(kind, counted?.(run) ?? 0);
  const stored = broker
    .services()
    .flatMap((service) =>
      broker.commitsOf(service).map((c) => JSON.stringify([service, c.seq, c.id, c.at, c.body()])),
    );
  return {
    seed: plan.seed,
    findings,
    invariants: checked.invariants,
    took: Object.fromEntries(run.took),
    virtualMs: clock.now() - from,
    events: run.commits(),
    fingerprint: hash(...stored, run.stage.dump()),
  };
}
