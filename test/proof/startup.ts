import { runStartup, type StartupReport } from '../startup/startup-run.ts';

/** How long a start may take with a million events in the log, in milliseconds. */
const WITH_SNAPSHOTS_MS = 3_000;
const WITHOUT_MS = 60_000;
/** What a process may hold at most, in MiB. */
const PEAK_MIB = 768;

/**
 * Starts each kind of service on a log of a million events (`EVENTS`, `ONLY` one service): with nothing but
 * the log, and with snapshots.
 */
export async function startup(
  say: (text: string) => void,
): Promise<{ report: readonly StartupReport[]; ok: boolean }> {
  const only = process.env['ONLY'];
  const services = only === undefined ? {} : { services: [only as StartupReport['service']] };
  const report = await runStartup({ events: Number(process.env['EVENTS'] ?? 1_000_000), ...services, say });
  const findings = report.flatMap(({ service, without, withSnapshots }) => [
    ...(without.knowsAllMs > WITHOUT_MS ? [`${service}: without snapshots ${without.knowsAllMs} ms`] : []),
    ...(withSnapshots.knowsAllMs > WITH_SNAPSHOTS_MS
      ? [`${service}: with snapshots ${withSnapshots.knowsAllMs} ms`]
      : []),
    ...[without, withSnapshots].flatMap(({ peakMiB }) =>
      peakMiB > PEAK_MIB ? [`${service}: ${peakMiB} MiB`] : [],
    ),
    ...(JSON.stringify(without.told) === JSON.stringify(withSnapshots.told)
      ? []
      : [`${service}: told something else with snapshots`]),
  ]);
  for (const finding of findings) say(`  BROKEN  ${finding}`);
  return { report, ok: findings.length === 0 };
}
