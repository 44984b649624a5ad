import { alerts, runbookOf } from '../monitoring/rules.ts';

/** Every alert with its page, as docs/monitoring.md shows them. */
export function alertTable(): string {
  const rows = alerts.map((alert) => {
    const page = runbookOf(alert).replace(/^docs\//, '');
    const said = alert.summary.replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, '*$1*');
    return `| [${alert.name}](${page}) | ${alert.severity} | ${said} | ${alert.for} |`;
  });
  return ['| alert | severity | what it says | after |', '| --- | --- | --- | --- |', ...rows, ''].join('\n');
}
