import type { Declared } from '@refrain/runtime';

/** Functions, operators and words of PromQL that stand where a name could. */
const WORDS = new Set('abs and by histogram_quantile increase max min or rate sum unless up'.split(' '));

/** Labels that need no declaration: the scrape's own, `service` on every series of ours, `le` of buckets. */
const ALWAYS = ['service', 'instance', 'job', 'process', 'le'];

const selector = /([a-zA-Z_:][\w:]*)\s*(?:\{([^}]*)\})?/g;
const matcher = /(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"/g;

type Catalogue = Readonly<Record<string, Declared>>;
type Values = Readonly<Record<string, readonly string[] | { readonly names: string }>>;

function metricOf(name: string, catalogue: Catalogue): Declared | undefined {
  const [, base = name] = /^(.*)_(?:bucket|sum|count)$/.exec(name) ?? [];
  const histogram = catalogue[base];
  return catalogue[name] ?? (histogram?.kind === 'histogram' ? histogram : undefined);
}

/**
 * What is wrong with the names in a query: a metric that is not in the catalogue, a label that the metric
 * does not have, a value that is not among those of its label.
 */
export function badNames(expr: string, catalogue: Catalogue, values: Values): string[] {
  const wrong: string[] = [];
  const labels = new Set(ALWAYS);
  const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(', '));
  const rest = expr.replaceAll(/\bby \([^)]*\)/g, '').replaceAll(/\[\d+[smh]\]/g, '');
  for (const [, name = '', matchers = ''] of rest.matchAll(selector)) {
    const metric = metricOf(name, catalogue);
    if (!metric && !WORDS.has(name)) wrong.push(`${name} is no metric`);
    for (const attribute of metric?.attributes ?? []) labels.add(attribute);
    for (const [, label = '', operator = '', text = ''] of matchers.matchAll(matcher)) {
      if (![...ALWAYS, ...(metric?.attributes ?? [])].includes(label))
        wrong.push(`${name} has no label ${label}`);
      const known = values[label];
      const said = operator.endsWith('~') ? text.split('|') : [text];
      if (known && !('names' in known))
        wrong.push(...said.filter((one) => !known.includes(one)).map((one) => `${label} is never ${one}`));
    }
  }
  return [
    ...wrong,
    ...grouped.filter((label) => !labels.has(label)).map((label) => `no label ${label} is left`),
  ];
}
