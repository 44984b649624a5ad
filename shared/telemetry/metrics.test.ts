import { expect, test } from 'vitest';
import { createMetrics } from './metrics.ts';
import { readMetricsPage } from './metrics-page.ts';

const catalogue = {
  things_total: { kind: 'counter', help: 'Things, one "a\\b"\nafter the other', attributes: ['colour'] },
  level: { kind: 'gauge', help: 'The level', attributes: [] },
  wait_seconds: { kind: 'histogram', help: 'Waits', attributes: ['why'], buckets: [0.1, 1, 10] },
} as const;
const create = () => createMetrics(catalogue, { service: 'toys' });

test('a page announces every metric, and tells each series with its values', () => {
  const metrics = create();
  metrics.add('things_total', 1, { colour: 'red' });
  metrics.add('things_total', 2, { colour: 'red' });
  metrics.add('things_total', 1, { colour: 'blue' });
  metrics.set('level', 7);
  metrics.set('level', -2.5);
  for (const seconds of [0.1, 0.2, 100]) metrics.record('wait_seconds', seconds, { why: 'rain' });
  expect(metrics.text()).toBe(`# HELP things_total Things, one "a\\\\b"\\nafter the other
# TYPE things_total counter
things_total{service="toys",colour="red"} 3
things_total{service="toys",colour="blue"} 1
# HELP level The level
# TYPE level gauge
level{service="toys"} -2.5
# HELP wait_seconds Waits
# TYPE wait_seconds histogram
wait_seconds_bucket{service="toys",why="rain",le="0.1"} 1
wait_seconds_bucket{service="toys",why="rain",le="1"} 2
wait_seconds_bucket{service="toys",why="rain",le="10"} 2
wait_seconds_bucket{service="toys",why="rain",le="+Inf"} 3
wait_seconds_sum{service="toys",why="rain"} 100.3
wait_seconds_count{service="toys",why="rain"} 3
`);
});

test('what a page says is read back, whatever stands in a label', () => {
  const metrics = create();
  const colour = 'a "b", \\ and\nc}="';
  metrics.add('things_total', 5, { colour });
  metrics.set('level', Infinity);
  metrics.record('wait_seconds', 0.5);
  const page = readMetricsPage(metrics.text());
  expect(page.get('things_total')?.samples).toEqual([
    { name: 'things_total', labels: { service: 'toys', colour }, value: 5 },
  ]);
  expect(page.get('level')?.samples[0]?.value).toBe(Infinity);
  expect(page.get('wait_seconds')).toMatchObject({ kind: 'histogram', help: 'Waits' });
  expect(page.get('wait_seconds')?.samples).toHaveLength(6);
});

test('a metric keeps no more than 500 series, and those go on counting', () => {
  const metrics = create();
  for (let i = 0; i < 1_000; i++) metrics.add('things_total', 1, { colour: `c${i}` });
  metrics.add('things_total', 1, { colour: 'c0' });
  const { samples = [] } = readMetricsPage(metrics.text()).get('things_total') ?? {};
  expect(samples).toHaveLength(500);
  expect(samples[0]?.value).toBe(2);
});

const head = '# HELP a A\n# TYPE a counter\n';
const histogram = '# HELP h H\n# TYPE h histogram\n';
test.each([
  ['a sample nobody announced', 'a 1\n', 'not announced'],
  ['a type without its help', '# TYPE a counter\n', 'no HELP'],
  ['a kind that is none', '# HELP a A\n# TYPE a number\n', 'no kind'],
  ['a metric announced twice', head + head, 'announced twice'],
  ['a series that stands there twice', `${head}a{b="c",d="e"} 1\na{d="e",b="c"} 1\n`, 'twice'],
  ['a value that is none', `${head}a one\n`, 'no sample'],
  ['a label without quotes', `${head}a{b=c} 1\n`, 'no sample'],
  ['a label that stands there twice', `${head}a{b="c",b="d"} 1\n`, 'no sample'],
  ['an empty line', `${head}\n`, 'no sample'],
  ['a last line without an end', `${head}a 1`, 'does not end'],
  ['buckets that fall', `${histogram}h_bucket{le="1"} 2\nh_bucket{le="+Inf"} 1\nh_count 1\n`, 'add up'],
  ['a histogram without its last bucket', `${histogram}h_bucket{le="1"} 1\nh_count 1\n`, 'add up'],
])('%s is refused', (_, page, why) => {
  expect(() => readMetricsPage(page)).toThrow(why);
});
