import { checkChoreography } from '@refrain/checking';
import {
  drawPlan,
  faultKinds,
  killAt,
  type Plan,
  pointsOf,
  shrink,
  simulate,
  storyText,
  tellStory,
} from '@refrain/simulation';
import * as fc from 'fast-check';
import { storyLines } from '../../scripts/choreography/lines.ts';
import { voucherLaws } from './voucher-laws.ts';
import { voucherScenario } from './voucher-scenario.ts';
import { checkedVouchers, voucherWorld } from './voucher-world.ts';
import { lateSuccess } from './voucher-facts.ts';
import type { voucher } from './vouchers.ts';

type Decider = typeof voucher;

/** Each tool as a function of a decider: what it finds, as lines; `[]` is nothing. */
const byLaws = (decider: Decider): string[] => {
  fc.configureGlobal({ seed: 1 }); // the same examples each time
  return voucherLaws(decider).flatMap(([, law]) => errorOf(law));
};

/** The first line of what it throws; those after it say how to see that again. */
function errorOf(law: () => void): string[] {
  try {
    law();
    return [];
  } catch (error) {
    return (error as Error).message.split('\n').slice(0, 1);
  }
}

const byFacts = (decider: Decider): string[] => errorOf(() => lateSuccess(decider));

/** How many seeds the simulator may try here; in earnest it is thousands. */
const SEEDS = 10;

const size = { load: 8, faults: { min: 10, max: 14 }, withinMs: 6_000 };

const planOf = (decider: Decider, seed: number): Plan => {
  const scenario = voucherScenario(decider);
  const kinds = faultKinds(scenario).filter(({ draw }) => draw);
  return drawPlan(scenario, kinds, seed, size);
};

/** The first of so many seeds that breaks a promise, made as short as it gets, and told. */
async function bySimulation(decider: Decider): Promise<string[]> {
  const scenario = voucherScenario(decider);
  for (let seed = 1; seed <= SEEDS; seed++) {
    const plan = planOf(decider, seed);
    const outcome = await simulate(scenario, plan);
    if (outcome.findings.length === 0) continue;
    const shrunk = await shrink(scenario, plan, outcome);
    const told = storyText(await tellStory(scenario, shrunk.plan), new Map());
    return [`seed ${seed}; the shortest story, after ${shrunk.runs} runs:`, ...told];
  }
  return [];
}

/** One voucher, and a client who changes his mind once it has been issued. */
const oneVoucher: Plan = {
  seed: 1,
  faults: [],
  load: [{ atMs: 100, kind: 'voucher', args: { id: 'v1', withdrawMs: 500 } }],
};

/** Where a kill breaks a promise, of all points there are. */
async function byKills(decider: Decider): Promise<string[]> {
  const scenario = voucherScenario(decider);
  const points = await pointsOf(scenario, oneVoucher);
  const lines: string[] = [];
  for (const label of points) {
    const { reached, findings } = await killAt(scenario, oneVoucher, label);
    if (!reached) lines.push(`MISSED  ${label}`);
    for (const { invariant } of findings) lines.push(`BROKEN  ${label}: ${invariant}`);
  }
  return lines.length === 0 ? [] : [`${points.length} points, killed at each`, ...lines];
}

/** What the checker finds in every order of events. */
async function byChecking(decider: Decider): Promise<string[]> {
  const { findings, counterexample } = await checkChoreography([checkedVouchers(decider)], voucherWorld, {
    seconds: 1,
    now: () => 0, // as long as it takes
    states: 100_000,
  });
  const found = findings.map(({ rule, where, what }) => `FOUND  ${rule}: ${where}, ${what}`);
  return [...found, ...(counterexample ? storyLines(counterexample) : [])];
}

/** What the audit says of a log that one run without any fault left, and of the issuer's book. */
async function byAudit(decider: Decider): Promise<string[]> {
  const hasty = { ...oneVoucher, load: [{ atMs: 100, kind: 'voucher', args: { id: 'v1', withdrawMs: 10 } }] };
  const { findings } = await simulate(voucherScenario(decider), hasty);
  return findings.map(({ invariant, where, found }) => `BROKEN  ${invariant}: ${where}: ${found}`);
}

/** Every tool that runs on one service in one process, by its name. */
export const tools: Readonly<Record<string, (decider: Decider) => string[] | Promise<string[]>>> = {
  'given, when, then': byFacts,
  laws: byLaws,
  simulator: bySimulation,
  'kill at every await': byKills,
  checker: byChecking,
  audit: byAudit,
};
