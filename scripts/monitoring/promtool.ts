import { type Alert, runbookOf } from './rules.ts';

/** Series over time, as promtool writes them: `0+1x5` begins at 0 and grows by 1 for five minutes. */
export type Series = Readonly<Record<string, string>>;

/** A course of a few minutes on which an alert is tried. */
export interface Case {
  readonly alert: string;
  readonly series: Series;
  /** When it fires, with the labels that it then has. */
  readonly fires: { readonly at: string; readonly labels: Readonly<Record<string, string>> };
  /** Times at which it must not fire. */
  readonly silentAt: readonly string[];
}

/** What promtool is to try: each case with what must fire, and when nothing may. */
export function promtoolTests(rules: string, cases: readonly Case[], alerts: readonly Alert[]): string {
  const tests = cases.map(({ alert, series, fires, silentAt }) => {
    const rule = alerts.find(({ name }) => name === alert);
    if (!rule) throw new Error(`${alert} is no alert`);
    const label = (_: string, name: string): string => fires.labels[name] ?? '';
    const summary = rule.summary.replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, label);
    const expected = {
      exp_labels: { severity: rule.severity, ...fires.labels },
      exp_annotations: { summary, runbook: runbookOf(rule) },
    };
    return {
      interval: '1m',
      input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
      alert_rule_test: [
        { eval_time: fires.at, alertname: alert, exp_alerts: [expected] },
        ...silentAt.map((at) => ({ eval_time: at, alertname: alert, exp_alerts: [] })),
      ],
    };
  });
  // YAML, of which JSON is a part.
  return JSON.stringify({ rule_files: [rules], evaluation_interval: '1m', tests });
}
