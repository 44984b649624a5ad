import type { Audit, WindowCount } from '../../scripts/audit/mod.ts';
import { type BurstReport, runBurst } from '../retries/burst-run.ts';
import { type FaultReport, runFaults } from '../retries/fault-run.ts';
import { type OutageReport, runOutage } from '../retries/outage-run.ts';
import { type ParkedReport, runParked } from '../retries/parked-run.ts';
import type { Promptness } from '../retries/promptness.ts';
import type { RampBreach } from '../retries/ramp-breaches.ts';

interface Reports {
  readonly outage: OutageReport;
  readonly faults: FaultReport;
  readonly burst: BurstReport;
  readonly parked: ParkedReport;
}

type Say = (text: string) => void;

const findingsOf = ({ violations, unsettled }: Audit, fullest: WindowCount | undefined): string[] => [
  ...violations.map(({ invariant, where, found }) => `${invariant}: ${where}: ${found}`),
  ...unsettled.map(({ orderId, status }) => `${orderId} is ${status}`),
  ...(fullest && fullest.retries > fullest.allowed
    ? [`${fullest.retries} retries in ten seconds, ${fullest.allowed.toFixed(1)} allowed`]
    : []),
];

const windowText = (fullest: WindowCount | undefined): string =>
  fullest
    ? `outside of ramps at most ${fullest.retries} retries in ten seconds, ${fullest.firsts} first calls, ` +
      `${fullest.allowed.toFixed(1)} allowed`
    : 'no retry outside of ramps';

const worstOf = (breaches: readonly RampBreach[]): number =>
  Math.max(0, ...breaches.map(({ calls, before }) => calls - Math.max(1, 2 * before)));

function tellOutage(report: OutageReport, say: Say): string[] {
  const { placed, calls, recoveredS, postP99Ms, completionsAfter } = report;
  say(`${placed} orders; ${calls.firsts} first calls and ${calls.retries} retries at the provider`);
  say(windowText(report.fullest));
  const [bySecond, anyhow] = [worstOf(report.rampSecondBreaches), worstOf(report.rampBreaches)];
  say(
    `ramps: at worst ${bySecond} calls over twice the answers of the second before; ` +
      `with seconds that begin anywhere ${anyhow}`,
  );
  say(`completions after healing, per second: ${completionsAfter.join(' ')}`);
  say(`back at 95 % of what is offered after ${recoveredS ?? 'more than was watched'} s`);
  say(`POST /orders: p99 ${postP99Ms.toFixed(0)} ms`);
  const cancelled = Object.entries(report.cancelled).map(([why, n]) => `${n} cancelled: ${why}`);
  return [...findingsOf(report.audit, report.fullest), ...cancelled, ...report.refused];
}

/** Alarms within a second, and calls within 300 ms of alarm and leave: of 99 in a hundred. */
function tellPromptness(of: Readonly<Record<string, Promptness>>, say: Say): string[] {
  return Object.entries(of).flatMap(([fault, { fired, called }]) => {
    const text =
      `${fault}: 99 % of ${fired.count} alarms came within ${fired.p99S} s, ` +
      `99 % of ${called.count} calls were made within ${called.p99S} s of alarm and leave`;
    say(text);
    return fired.p99S > 1 || called.p99S > 0.25 ? [text] : []; // 0.25: the bucket below 300 ms
  });
}

function tellParked({ parked, p50Ms, refused, violations }: ParkedReport, say: Say): string[] {
  const { before, behind } = p50Ms;
  say(`p50 to settle ${before} ms; behind ${parked} operations that wait for an hour ${behind} ms`);
  const broken = violations.map(({ invariant, where, found }) => `${invariant}: ${where}: ${found}`);
  const slow = behind > 2 * before ? [`p50 ${behind} ms behind parked operations, ${before} ms before`] : [];
  return [...broken, ...slow, ...refused];
}

/** The long version of `test/retries`: a minute of outage on twelve instances, every fault, 5,000 at once,
 * 10,000 parked. */
export async function retries(say: Say): Promise<{ report: Reports; ok: boolean }> {
  const long = { rate: 25, settleMsMax: 400_000, say };
  const phases = { calmMs: 15_000, downMs: 60_000, goneMs: 15_000, healedMs: 40_000 };
  const outage = await runOutage({ ...long, ...phases, instances: 3, capacityPerS: 80 });
  const outageFindings = tellOutage(outage, say);
  const faults = await runFaults({ payments: 3, rate: 15, eachMs: 30_000, settleMsMax: 400_000, say });
  say(`${faults.placed} orders under faults; ${windowText(faults.fullest)}`);
  const prompt = tellPromptness(faults.promptness, say);
  const burst = await runBurst({ orders: 5_000, capacityPerS: 50, settleMsMax: 900_000, say });
  say(`all settled after ${burst.settledS.toFixed(0)} s, ${burst.calls} calls; ${windowText(burst.fullest)}`);
  say(
    `most memory: ${Object.entries(burst.peakMiB)
      .map(([name, most]) => `${name} ${most} MiB`)
      .join(', ')}`,
  );
  const parked = await runParked({ parked: 10_000, rate: 25, measureMs: 20_000, say });
  const findings = [
    ...outageFindings,
    ...prompt,
    ...tellParked(parked, say),
    ...findingsOf(faults.audit, faults.fullest),
    ...faults.refused,
    ...faults.tooEarlyMs.map((ms) => `a call came ${ms} ms before Retry-After was over`),
    ...findingsOf(burst.audit, burst.fullest),
    ...burst.refused,
  ];
  for (const finding of findings) say(`  BROKEN  ${finding}`);
  return { report: { outage, faults, burst, parked }, ok: findings.length === 0 };
}
