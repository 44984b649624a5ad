import { foundServices } from '../cli/supervisor/found-services.ts';
import { portOffsets } from '../cli/supervisor/ports.ts';
import { type Alert, alerts, runbookOf } from './rules.ts';

/** What tells metrics at a port that is known beforehand: services, and the governor. */
const processes = [...foundServices, { name: 'governor', port: portOffsets.governor }].flatMap(
  ({ name, port }) => (port === undefined ? [] : [{ name, port }]),
);

/** Which shop is read, how often, and by which rules. */
export interface ScrapeOptions {
  readonly portBase: number;
  /** A duration of Prometheus, `15s`. */
  readonly every: string;
  /** The file of the rules, by its path from the configuration. */
  readonly rules: string;
}

/** A configuration of Prometheus for a shop on this machine. */
export function scrapeConfig({ portBase, every, rules }: ScrapeOptions): string {
  const targets = processes.map(
    ({ name, port }) => `      - targets: ['127.0.0.1:${portBase + port}']
        labels: { process: ${name} }`,
  );
  return `# Written by \`npx node scripts/docs/pages.ts\`.
# A door answers this machine only: run Prometheus here.
# Further instances take free ports: \`npx refrain ps\` tells them; add one target each.
global:
  scrape_interval: ${every}
  evaluation_interval: ${every}
rule_files: ['${rules}']
scrape_configs:
  - job_name: refrain
    static_configs:
${targets.join('\n')}
`;
}

/** A text of YAML in which nothing has a meaning. */
const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** The rules as Prometheus reads them. `holds`: in place of what each says, for a test that cannot wait. */
export function ruleFile(list: readonly Alert[] = alerts, holds?: string): string {
  const rules = list.map(
    (alert) => `      - alert: ${alert.name}
        expr: ${quoted(alert.expr)}
        for: ${holds ?? alert.for}
        labels: { severity: ${alert.severity} }
        annotations:
          summary: ${quoted(alert.summary)}
          runbook: ${runbookOf(alert)}`,
  );
  return `# Written by \`npx node scripts/docs/pages.ts\` from scripts/monitoring/rules.ts.
groups:
  - name: refrain
    rules:
${rules.join('\n')}
`;
}
