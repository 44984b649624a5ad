import { expect, test } from 'vitest';
import { attributeValues, type Declared } from './metric-declarations.ts';
import { metricCatalogue } from './metrics.ts';

const declared: readonly (readonly [string, Declared])[] = Object.entries(metricCatalogue);

test.each(declared)('the name of %s says its unit and whether it counts', (name, { kind, unit }) => {
  expect(name).toMatch(/^(refrain|process)_[a-z_]+$/);
  expect(name.endsWith('_total')).toBe(kind === 'counter');
  const [, suffix = ''] = /_(seconds|bytes)(?:_total)?$/.exec(name) ?? [];
  expect(suffix).toBe({ s: 'seconds', bytes: 'bytes', '1': '' }[unit]);
});

test.each(declared)('%s is explained in one line, and a distribution has buckets that rise', (_, metric) => {
  expect(metric.help).toMatch(/^[A-Z0-9][^\n]{15,110}$/);
  expect(metric.buckets !== undefined).toBe(metric.kind === 'histogram');
  const { buckets = [] } = metric;
  expect(buckets).toEqual(buckets.toSorted((a, b) => a - b));
});

test('every attribute is a closed list or names of contracts, and a metric has few series', () => {
  for (const [name, { attributes }] of declared) {
    const lists = attributes.map((attribute) => attributeValues[attribute]);
    const sizes = lists.map((values) => ('names' in values ? 5 : (values as readonly string[]).length));
    const series = sizes.reduce((product, size) => product * size, 1);
    expect(`${name} ${series < 500}`).toBe(`${name} true`);
  }
});
