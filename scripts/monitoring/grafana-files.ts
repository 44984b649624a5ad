import type { Dashboard, Panel } from './dashboard.ts';
import { jetstream } from './dashboards/jetstream.ts';
import { overview } from './dashboards/overview.ts';
import { retries } from './dashboards/retries.ts';
import { service } from './dashboards/service.ts';

export const dashboards: readonly Dashboard[] = [overview, retries, service, jetstream];

const source = { type: 'prometheus', uid: '${source}' };

/** Width and height on Grafana's grid of 24 columns. */
const sizes = { now: { w: 6, h: 4 }, course: { w: 12, h: 8 } } as const;

/** Left to right, row by row; a row has panels of one kind. */
function placed(
  panels: readonly Panel[],
): { panel: Panel; at: { x: number; y: number; w: number; h: number } }[] {
  let [x, y, before] = [0, 0, panels[0]?.kind ?? 'now'];
  return panels.map((panel) => {
    const { w, h } = sizes[panel.kind];
    if (x + w > 24 || panel.kind !== before) [x, y] = [0, y + sizes[before].h];
    const at = { x, y, w, h };
    [x, before] = [x + w, panel.kind];
    return { panel, at };
  });
}

const stepsOf = ({ redFrom }: Panel): object[] => [
  { color: redFrom === undefined ? 'blue' : 'green', value: null },
  ...(redFrom === undefined ? [] : [{ color: 'red', value: redFrom }]),
];

/** A dashboard as Grafana imports it. It asks for the Prometheus to read when it is imported. */
export function grafanaDashboard({ name, title, picks, panels }: Dashboard): string {
  const picked = picks.map((label) => ({
    name: label,
    label,
    type: 'query',
    datasource: source,
    query: { query: `label_values(refrain_ready, ${label})`, refId: label },
    refresh: 2,
    sort: 1,
  }));
  const document = {
    uid: name,
    title,
    tags: ['refrain'],
    schemaVersion: 39,
    version: 1,
    editable: true,
    refresh: '10s',
    time: { from: 'now-1h', to: 'now' },
    timezone: 'browser',
    templating: {
      list: [{ name: 'source', label: 'Prometheus', type: 'datasource', query: 'prometheus' }, ...picked],
    },
    panels: placed(panels).map(({ panel, at }, i) => ({
      id: i + 1,
      type: panel.kind === 'now' ? 'stat' : 'timeseries',
      title: panel.title,
      description: panel.help,
      datasource: source,
      gridPos: at,
      fieldConfig: {
        defaults: { unit: panel.unit, thresholds: { mode: 'absolute', steps: stepsOf(panel) } },
        overrides: [],
      },
      targets: panel.queries.map(({ expr, legend }, n) => ({
        refId: String.fromCodePoint(65 + n),
        datasource: source,
        expr,
        legendFormat: legend,
        ...(panel.kind === 'now' && { instant: true }),
      })),
    })),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
