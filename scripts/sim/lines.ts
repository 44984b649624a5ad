import { table } from '../cli/output.ts';
import type { PointsReport } from './run-points.ts';
import type { SeedsReport } from './run-seeds.ts';
import type { ShrunkStory } from './shrunk-story.ts';
import { plural } from '../cli/plural.ts';

const time = (ms: number): string =>
  ms < 120_000 ? `${(ms / 1_000).toFixed(1)} s` : `${(ms / 60_000).toFixed(0)} min`;

/** What a row of seeds came to, for a person. */
export function seedLines(report: SeedsReport): string[] {
  const { from, seeds, orders, failing, simulatedMs, wallMs, simulatedPerSecond, events, faults } = report;
  // Of one seed what it met; of many also what none of them met.
  const rows = Object.entries(faults)
    .filter(([, { times }]) => times > 0 || seeds > 1)
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([kind, met]) => [kind, plural(met.times, 'time'), `under ${met.seeds} of them`]);
  return [
    `${plural(seeds, 'seed')} from ${from}, ${plural(orders, 'order')} each: ${failing.length} broke a promise`,
    `${time(simulatedMs)} simulated in ${time(wallMs)}: ${simulatedPerSecond} s each second`,
    `${events} commits were stored`,
    '',
    ...table(rows),
    ...(failing.length > 0 ? ['', ...failing.map((one) => failingLine(`seed ${one.seed}`, one))] : []),
  ];
}

const failingLine = (
  what: string,
  { findings }: { readonly findings: SeedsReport['failing'][number]['findings'] },
): string => `BROKEN  ${what}: ${[...new Set(findings.map(({ invariant }) => invariant))].join('; ')}`;

/** What came of a kill at each point, for a person. */
export function pointLines(report: PointsReport): string[] {
  const { points, killed, labels, failing, missed, simulatedMs, wallMs } = report;
  return [
    `${points} points before and after each call through a port; killed at ${killed} of ${labels.length}`,
    `${time(simulatedMs)} simulated in ${time(wallMs)}; ${failing.length} broke a promise`,
    ...failing.map((one) => failingLine(one.label, one)),
    ...missed.map((label) => `MISSED  ${label}`),
  ];
}

/** The shortest story of a failing seed. */
export function storyLines({ plan, runs, lines }: ShrunkStory): string[] {
  const entries = [...plan.faults, ...(plan.people ?? []), ...plan.load].map(({ atMs, kind, args }) => {
    const told = Object.entries(args).map(([name, value]) => `${name}=${value}`);
    return `  ${(atMs / 1_000).toFixed(3)} s  ${kind}  ${told.join(' ')}`;
  });
  return [
    `The shortest story of seed ${plan.seed}, after ${runs} runs. It needs:`,
    ...entries,
    'What happens:',
    ...lines.map((line) => `  ${line}`),
  ];
}
