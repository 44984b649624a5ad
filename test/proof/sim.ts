import { pointLines, seedLines } from '../../scripts/sim/lines.ts';
import { type PointsReport, runPoints } from '../../scripts/sim/run-points.ts';
import { runSeeds, type SeedsReport } from '../../scripts/sim/run-seeds.ts';

interface Reports {
  readonly seeds: SeedsReport;
  readonly points: PointsReport;
}

/** The long version of `test/simulation`: 1,000 seeds (`SEEDS`, from `SEED`), and a kill at every await. */
export async function sim(say: (text: string) => void): Promise<{ report: Reports; ok: boolean }> {
  const seeds = await runSeeds({
    orders: 20,
    faults: [],
    from: Number(process.env['SEED'] ?? 1),
    seeds: Number(process.env['SEEDS'] ?? 1_000),
    forMs: undefined,
  });
  for (const line of seedLines(seeds)) say(line);
  const idle = Object.entries(seeds.faults).filter(([, { times }]) => times === 0);
  for (const [kind] of idle) say(`  IDLE    ${kind} never happened`);
  const points = await runPoints();
  for (const line of pointLines(points)) say(line);
  const findings = [seeds.failing, idle, points.failing, points.missed];
  return { report: { seeds, points }, ok: findings.every((list) => list.length === 0) };
}
