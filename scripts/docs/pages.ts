// Writes what stands in docs/ and infra/ and follows from the code: `npx node scripts/docs/pages.ts`.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { catalogue } from '@refrain/errors';
import { attributeValues, metricCatalogue } from '@refrain/runtime';
import { shopDefinitions } from '../cli/supervisor/shop-topology.ts';
import { write } from '../generate/apply.ts';
import { graphOf } from '../graph/graph.ts';
import { mermaidOf } from '../graph/mermaid.ts';
import { dashboards, grafanaDashboard } from '../monitoring/grafana-files.ts';
import { ruleFile, scrapeConfig } from '../monitoring/prometheus-files.ts';
import { alertTable } from './alert-table.ts';
import { effectTables } from './effect-tables.ts';
import { errorsPage } from './errors-page.ts';
import { metricTables } from './metric-tables.ts';

const root = resolve(import.meta.dirname, '../..');

/** The text with what stands between the marks of `name` replaced. @throws when it lacks a mark. */
export function withTables(text: string, tables: string, name = 'effects'): string {
  const begin = `<!-- ${name}: written by \`npx node scripts/docs/pages.ts\` -->`;
  const end = `<!-- /${name} -->`;
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`expected the marks "${begin}" and "${end}"`);
  return `${text.slice(0, from + begin.length)}\n\n${tables}\n${text.slice(to)}`;
}

/** Each page that is written, or written in part, as it should be now. */
export function writtenPages(): { path: string; text: string }[] {
  const retries = 'docs/retries.md';
  const metrics = 'docs/metrics.md';
  const tables = effectTables(shopDefinitions().map(({ contract }) => contract));
  const readme = 'README.md';
  const picture = ['```mermaid', mermaidOf(graphOf(shopDefinitions())), '```', ''].join('\n');
  const monitoring = 'docs/monitoring.md';
  return [
    { path: readme, text: withTables(readFileSync(join(root, readme), 'utf8'), picture, 'graph') },
    { path: 'docs/errors.md', text: errorsPage(catalogue) },
    { path: retries, text: withTables(readFileSync(join(root, retries), 'utf8'), tables) },
    {
      path: metrics,
      text: withTables(
        readFileSync(join(root, metrics), 'utf8'),
        metricTables(metricCatalogue, attributeValues),
        'metrics',
      ),
    },
    {
      path: monitoring,
      text: withTables(readFileSync(join(root, monitoring), 'utf8'), alertTable(), 'alerts'),
    },
    {
      path: 'infra/prometheus/prometheus.yml',
      text: scrapeConfig({ portBase: 4_000, every: '15s', rules: 'refrain.rules.yml' }),
    },
    { path: 'infra/prometheus/refrain.rules.yml', text: ruleFile() },
    ...dashboards.map((dashboard) => ({
      path: `infra/grafana/${dashboard.name}.json`,
      text: grafanaDashboard(dashboard),
    })),
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const changed = writtenPages().filter(({ path, text }) => readFileSync(join(root, path), 'utf8') !== text);
  // All or none, also at Ctrl-C: who waits for this takes back what it wrote itself, and no page.
  process.on('SIGINT', () => {});
  write(changed);
  for (const { path } of changed) console.log(path);
}
