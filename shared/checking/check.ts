import { contractFindings } from './contract-checks.ts';
import { endlessWalk, NO_CIRCLE } from './endless-walk.ts';
import { type Explored, Explorer } from './explorer.ts';
import type { Counterexample, Finding } from './finding.ts';
import { Seen } from './seen.ts';
import { seenFindings } from './seen-checks.ts';
import { System, type SystemOptions } from './system.ts';
import type { CheckedService, World } from './world.ts';

/** What is tried, in one go: how large a story, and how much goes wrong in it. */
interface Bound extends SystemOptions {
  readonly size: number;
  readonly name: string;
}

/** What came of one bound. */
export interface BoundReport extends Omit<Explored, 'counterexample'> {
  readonly name: string;
  readonly seconds: number;
}

/** Everything that a check found. */
export interface CheckReport {
  readonly findings: readonly Finding[];
  readonly counterexample?: Counterexample | undefined;
  /** In the order they were tried, each larger than the one before. */
  readonly bounds: readonly BoundReport[];
  /** Of the bounds that were exhausted the one with the most states. */
  readonly largest?: BoundReport | undefined;
  /** Whether the stories were tried far enough to say what nobody records. */
  readonly judged: boolean;
}

/** How long, and how much, a check may take. */
export interface CheckOptions {
  /** Seconds for all bounds together. */
  readonly seconds: number;
  /** Most states that one bound keeps, about 250 bytes each with all that belongs to them. */
  readonly states: number;
  /** How many bounds of the ladder are tried. Default: as many as there is time for. */
  readonly bounds?: number;
  /** Whether findings are looked for beside stories. Default: yes. */
  readonly findings?: boolean;
  /** A clock in milliseconds. */
  readonly now: () => number;
  readonly onProgress?: (bound: string, states: number, depth: number) => void;
}

/** The bound after which it is known what is recorded: each effect failed once, each process died once. */
const STANDARD = 1;

/** From small to large; each further size of the world is tried with none and with one of each fault. */
function ladder({ sizes }: World): Bound[] {
  const bound = (size: number, faults: number, remembersCauses = true): Bound => {
    const wrong =
      faults === 0 ? 'no faults' : `every effect and a process of each service fail ${times(faults)}`;
    const forgetful = remembersCauses ? '' : ', no cause is remembered';
    const name = `${sizes[size]?.name ?? ''}: ${wrong}${forgetful}`;
    return { size, failures: faults, crashes: faults, remembersCauses, name };
  };
  const larger = sizes.slice(1).flatMap((_, i) => [bound(i + 1, 0), bound(i + 1, 1)]);
  return [bound(0, 0), bound(0, 1), bound(0, 1, false), bound(0, 2), ...larger];
}

const times = (n: number): string => (n === 1 ? 'once' : 'twice');

/**
 * Checks services as a whole: first what contracts, reactions and stored names say, then every order in which
 * things may happen, bound after bound until time is over. Stops at the first counterexample.
 *
 * @throws Bug where a story asks for what no service decides, or a call fails although its gateway should do
 * what it is asked.
 */
export async function checkChoreography(
  services: readonly CheckedService[],
  world: World,
  options: CheckOptions,
): Promise<CheckReport> {
  const looks = options.findings ?? true;
  const findings = looks ? contractFindings(services) : [];
  const bounds: BoundReport[] = [];
  const trial = { services, world, options, end: options.now() + options.seconds * 1_000 };
  const steps = ladder(world).slice(0, options.bounds);
  let counterexample: Counterexample | undefined;
  let learned: Seen | undefined;
  for (const [i, bound] of steps.entries()) {
    if (counterexample !== undefined || options.now() >= trial.end) break;
    const seen = new Seen();
    const { report, broken } = await tryBound(trial, bound, seen);
    bounds.push(report);
    counterexample = broken;
    if (i === STANDARD && report.exhausted) learned = seen;
  }
  // Stories that broke off did not show all that is recorded. One without an end would never show it.
  const standard = steps[STANDARD];
  if (looks && standard && counterexample && counterexample.invariant !== NO_CIRCLE.invariant)
    learned ??= await learn(trial, standard);
  if (looks && learned) findings.push(...seenFindings(services, learned));
  const exhausted = bounds.filter((one) => one.exhausted).toSorted((x, y) => y.states - x.states);
  return { findings, counterexample, bounds, largest: exhausted[0], judged: learned !== undefined };
}

interface Trial {
  readonly services: readonly CheckedService[];
  readonly world: World;
  readonly options: CheckOptions;
  readonly end: number;
}

/** What the deciders do, whatever must hold of it. `undefined`: not all of it could be seen. */
async function learn(trial: Trial, bound: Bound): Promise<Seen | undefined> {
  const seen = new Seen();
  const { report } = await tryBound({ ...trial, world: { ...trial.world, invariants: [] } }, bound, seen);
  return report.exhausted ? seen : undefined;
}

async function tryBound(
  { services, world, options, end }: Trial,
  bound: Bound,
  seen: Seen,
): Promise<{ report: BoundReport; broken: Counterexample | undefined }> {
  const from = options.now();
  const system = new System(services, bound, seen);
  const scenarios = world.sizes[bound.size]?.scenarios ?? [];
  const isSmallest = bound.size === 0 && bound.failures === 0;
  let broken: Counterexample | undefined;
  if (isSmallest) for (const scenario of scenarios) broken ??= await endlessWalk(system, scenario);
  const limits = {
    states: broken ? 0 : options.states,
    isOver: () => options.now() >= end,
    onProgress: (states: number, depth: number) => options.onProgress?.(bound.name, states, depth),
    findsCycles: isSmallest,
  };
  const { invariants } = world;
  const explored = await new Explorer({ system, scenarios, invariants, limits }).run();
  const { counterexample, ...rest } = explored;
  const report = { name: bound.name, ...rest, seconds: (options.now() - from) / 1_000 };
  return { report, broken: broken ?? counterexample };
}
