import { type ChaosReport, runChaos } from '../chaos/chaos-run.ts';
import { isForPerson, seconds } from '../chaos/kill-run.ts';
import { recoveryTable } from '../chaos/recovery.ts';

/** The long version of `test/chaos/chaos.load.test.ts`: `MINUTES=n` (10) of it, ten orders a second. */
export async function chaos(say: (text: string) => void): Promise<{ report: ChaosReport; ok: boolean }> {
  const report = await runChaos({
    seed: Number(process.env['SEED'] ?? Math.floor(Math.random() * 1_000_000)),
    lengthMs: Number(process.env['MINUTES'] ?? 10) * 60_000,
    calmMs: 15_000,
    everyMs: 20_000,
    forMsMax: 8_000,
    rate: 10,
    instances: 2,
    settleMsMax: 300_000,
    say,
  });
  const { audit, broken, ends, lost, orders, recoveries, settledMs } = report;
  const silent = audit.waiting.filter(
    ({ where, reason }) => !where.startsWith('notifications mail/') || !isForPerson(reason),
  );
  say(`${orders} orders under ${report.plan.length} faults, settled ${seconds(settledMs)} after the last`);
  for (const [end, n] of Object.entries(ends)) say(`  ${String(n).padStart(5)}  ${end}`);
  say('Time until as many orders ended as were offered:');
  for (const row of recoveryTable(recoveries)) say(row);
  say(
    `${lost.length} lost, ${audit.violations.length} violations, ${audit.waiting.length} wait for a person`,
  );
  for (const { invariant, where, found } of audit.violations)
    say(`  BROKEN  ${invariant}: ${where}: ${found}`);
  for (const what of [...broken, ...lost]) say(`  BROKEN  ${what}`);
  for (const { where, reason } of silent) say(`  WAITS   ${where}: ${reason}`);
  for (const { orderId, status } of audit.unsettled) say(`  OPEN    ${orderId} is ${status}`);
  const findings = [audit.violations, broken, lost, silent, audit.unsettled];
  return { report, ok: findings.every((list) => list.length === 0) };
}
