import { loadavg } from 'node:os';
import type { Run } from './measure.ts';
import type { BenchOptions } from './options.ts';
import { SIDES, type SideName } from './side.ts';
import { rounded, type Spread, spreadOf } from './statistics.ts';

type Runs = Readonly<Record<SideName, readonly Run[]>>;
type Figure = { [K in keyof Run]: Run[K] extends number ? K : never }[keyof Run];

/** What is shown of each run, in this order. */
const FIGURES: Readonly<Record<Figure, string>> = {
  ordersPerSecond: 'orders/s',
  p50Ms: 'time to settle at 50/s, p50 ms',
  p99Ms: 'time to settle at 50/s, p99 ms',
  cpuMsPerOrder: 'CPU ms/order',
  serverCpuMsPerOrder: '  of it the server',
  driverCpuMsPerOrder: '  of it the driver',
  openCpuMsPerOrder: 'CPU ms/order at 50/s',
  commitsPerOrder: 'commits/order',
  bytesPerOrder: 'bytes on disk/order',
  brokerBytesPer1000Orders: 'broker memory, bytes/1,000 orders',
};

/** What telemetry may change. */
const TELEMETRY_FIGURES = [
  'ordersPerSecond',
  'p50Ms',
  'p99Ms',
  'cpuMsPerOrder',
  'openCpuMsPerOrder',
] as const satisfies readonly Figure[];

export interface CoreReport {
  readonly orders: number;
  readonly rounds: number;
  readonly sync: BenchOptions['sync'];
  readonly load1: number;
  /** Refrain against plain: of each pair of runs, the middle one. */
  readonly ratios: Readonly<Record<Figure, Spread>>;
  /** Refrain with telemetry against Refrain without, of each pair of runs: the middle one. */
  readonly telemetry: Readonly<Record<Traced, Readonly<Record<Figure, Spread>>>>;
  readonly figures: Readonly<Record<SideName, Readonly<Record<Figure, Spread>>>>;
  /** Peak by process, in MiB: the most of all runs. */
  readonly peakMiB: Readonly<Record<SideName, Readonly<Record<string, number>>>>;
  readonly problems: readonly string[];
}

const TRACED = { traced: 'all traces', sampled: '1 in 10' } as const;
type Traced = keyof typeof TRACED;

const figureNames = Object.keys(FIGURES) as Figure[];

const spreads = (of: (figure: Figure) => readonly number[]): Record<Figure, Spread> =>
  Object.fromEntries(figureNames.map((figure) => [figure, spreadOf(of(figure))])) as Record<Figure, Spread>;

const bySide = <T>(of: (name: SideName) => T): Record<SideName, T> =>
  Object.fromEntries(SIDES.map((name) => [name, of(name)])) as Record<SideName, T>;

export function coreReport(runs: Runs, options: BenchOptions): CoreReport {
  const ratio =
    (of: SideName, to: SideName) =>
    (figure: Figure): number[] =>
      runs[to].map((run, i) => (runs[of][i]?.[figure] ?? Number.NaN) / run[figure]);
  return {
    orders: options.orders,
    rounds: options.rounds,
    sync: options.sync,
    load1: rounded(loadavg()[0] ?? 0),
    ratios: spreads(ratio('refrain', 'plain')),
    telemetry: {
      traced: spreads(ratio('traced', 'refrain')),
      sampled: spreads(ratio('sampled', 'refrain')),
    },
    figures: bySide((name) => spreads((figure) => runs[name].map((run) => run[figure]))),
    peakMiB: bySide((name) => peaks(runs[name])),
    problems: SIDES.flatMap((name) =>
      runs[name].flatMap((run) => run.problems.map((problem) => `${name}: ${problem}`)),
    ),
  };
}

function peaks(runs: readonly Run[]): Record<string, number> {
  const most: Record<string, number> = {};
  for (const { peakMemory } of runs)
    for (const [name, bytes] of Object.entries(peakMemory))
      most[name] = Math.max(most[name] ?? 0, Math.round(bytes / 2 ** 20));
  return most;
}

const shown = ({ median, min, max }: Spread): string =>
  `${rounded(median)} (${rounded(min)}..${rounded(max)})`;

const tableRow = (cells: readonly string[]): string =>
  [cells[0]?.padEnd(40), ...cells.slice(1).map((cell) => cell.padStart(30))].join('');

/** The report as a person reads it: the middle run, and in brackets the range. */
export function coreText(report: CoreReport): string {
  const { figures, ratios, telemetry, peakMiB, problems } = report;
  const durability =
    report.sync === 'always'
      ? 'Durability: each write is synced to the disk before it is acknowledged.'
      : 'Durability: acknowledged writes are in the page cache; they are synced every 2 min.';
  const lines = [
    `${report.rounds} rounds of ${report.orders} orders, all sides in turn; load ${report.load1}`,
    durability,
    '',
    tableRow(['', 'plain JetStream', 'Refrain', 'ratio']),
    ...figureNames.map((figure) =>
      tableRow([
        FIGURES[figure],
        shown(figures.plain[figure]),
        shown(figures.refrain[figure]),
        shown(ratios[figure]),
      ]),
    ),
    '',
    tableRow(['what telemetry costs, as a ratio to none', TRACED.traced, TRACED.sampled]),
    ...TELEMETRY_FIGURES.map((figure) =>
      tableRow([FIGURES[figure], shown(telemetry.traced[figure]), shown(telemetry.sampled[figure])]),
    ),
    '',
    ...SIDES.map((name) => `peak memory in MiB, ${name}: ${peaksText(peakMiB[name])}`),
    '',
    problems.length === 0
      ? 'All orders ended as they should, and the stock adds up, on all sides.'
      : `NOT AS IT SHOULD BE:\n${problems.join('\n')}`,
  ];
  return `${lines.join('\n')}\n`;
}

const peaksText = (peak: Readonly<Record<string, number>>): string =>
  Object.entries(peak)
    .map(([name, mib]) => `${name} ${mib}`)
    .join(', ');
