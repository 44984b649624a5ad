import type { attributeValues, Declared } from '@refrain/runtime';

type Values = (typeof attributeValues)[keyof typeof attributeValues];

const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
const table = (head: readonly string[], rows: readonly string[]): string =>
  [row(...head), row(...head.map(() => '---')), ...rows, ''].join('\n');

const units: Readonly<Record<Declared['unit'], string>> = { '1': '', s: 'seconds', bytes: 'bytes' };

const code = (name: string): string => `\`${name}\``;

function valuesOf(values: Values): string {
  if (!('names' in values)) return values.map(code).join(', ');
  const and = 'and' in values ? `, and ${values.and.map((more) => `"${more}"`).join(', ')}` : '';
  return `names of ${values.names}${and}`;
}

/** What the catalogue says: one table of the metrics, one of their attributes. */
export function metricTables(
  catalogue: Readonly<Record<string, Declared>>,
  attributes: typeof attributeValues,
): string {
  const metrics = table(
    ['metric', 'kind', 'unit', 'attributes', 'what it is'],
    Object.entries(catalogue).map(([name, { kind, unit, attributes: names, help }]) =>
      row(code(name), kind, units[unit], names.map(code).join(', '), help),
    ),
  );
  const values = table(
    ['attribute', 'values'],
    Object.entries(attributes).map(([name, list]) => row(code(name), valuesOf(list))),
  );
  return `${metrics}\n${values}`;
}
