import { isForPerson, type KillReport, runKills, seconds } from '../chaos/kill-run.ts';

/** The long version of `test/chaos/kills.load.test.ts`: 500 orders, every process killed three times. */
export async function kills(say: (text: string) => void): Promise<{ report: KillReport; ok: boolean }> {
  const report = await runKills({
    seed: Number(process.env['SEED'] ?? Math.floor(Math.random() * 1_000_000)),
    orders: 500,
    rate: 4,
    times: 3,
    pairs: 2,
    deadlineS: 60,
    settleMsMax: 300_000,
    say,
  });
  const { audit, broken, ends, placedMs, settledMs, killsInAll } = report;
  const silent = audit.waiting.filter(
    ({ where, reason }) => !where.startsWith('notifications mail/') || !isForPerson(reason),
  );
  say(
    `killed ${Object.entries(report.kills)
      .map(([name, n]) => `${name} ${n}`)
      .join(', ')}: ${killsInAll} in all`,
  );
  say(`${report.orders} orders placed in ${seconds(placedMs)}, settled ${seconds(settledMs)} later`);
  for (const [end, n] of Object.entries(ends)) say(`  ${String(n).padStart(4)}  ${end}`);
  say(`${audit.checked['unrecordedCalls']} calls whose outcome died with their process`);
  say(`${audit.violations.length} violations, ${audit.waiting.length} mails wait for a person`);
  for (const { invariant, where, found } of audit.violations)
    say(`  BROKEN  ${invariant}: ${where}: ${found}`);
  for (const what of broken) say(`  BROKEN  ${what}`);
  for (const { where, reason } of silent) say(`  WAITS   ${where}: ${reason}`);
  for (const { orderId, status } of audit.unsettled) say(`  OPEN    ${orderId} is ${status}`);
  const findings = [audit.violations, broken, silent, audit.unsettled];
  return { report, ok: findings.every((list) => list.length === 0) };
}
