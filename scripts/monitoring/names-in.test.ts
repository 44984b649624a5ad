import { attributeValues, metricCatalogue } from '@refrain/runtime';
import { expect, test } from 'vitest';
import { dashboards } from './grafana-files.ts';
import { badNames } from './names-in.ts';
import { alerts } from './rules.ts';

const found = (expr: string): string[] => badNames(expr, metricCatalogue, attributeValues);

test('a metric, a label, a value and a grouping that are not there are found', () => {
  expect(found('sum by (layer) (rate(refrain_duplicates_total[5m])) > 0')).toEqual([]);
  expect(found('rate(refrain_doubles_total[5m])')).toEqual(['refrain_doubles_total is no metric']);
  expect(found('refrain_calls_total{why="x"}')).toEqual(['refrain_calls_total has no label why']);
  expect(found('refrain_calls_total{kind=~"first|last"}')).toEqual(['kind is never last']);
  expect(found('sum by (layer) (refrain_ready)')).toEqual(['no label layer is left']);
  expect(found('refrain_ready_bucket')).toHaveLength(1);
});

test.each(alerts)('$name asks for what is there', ({ expr }) => {
  expect(found(expr)).toEqual([]);
});

const panels = dashboards.flatMap(({ name, panels: all }) => all.map((panel) => ({ ...panel, name })));
test.each(panels)('$name: $title asks for what is there', ({ queries }) => {
  expect(queries.flatMap(({ expr }) => found(expr))).toEqual([]);
  expect(queries.length).toBeGreaterThan(0);
});
