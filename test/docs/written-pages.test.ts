import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { payments } from '@refrain/contract-payments';
import { attributeValues, metricCatalogue } from '@refrain/runtime';
import { expect, test } from 'vitest';
import { durationOf, effectTables } from '../../scripts/docs/effect-tables.ts';
import { errorsPage } from '../../scripts/docs/errors-page.ts';
import { metricTables } from '../../scripts/docs/metric-tables.ts';
import { withTables, writtenPages } from '../../scripts/docs/pages.ts';
import { root } from '../tidy/tree.ts';

test('an error is a heading, its message and what to do', () => {
  const page = errorsPage({ RF_A: { message: '{what} broke. Nothing was done.', solve: 'Mend it.' } });
  expect(page).toContain('\n## rf_a\n\n> `{what}` broke. Nothing was done.\n\nMend it.\n');
});

test('an effect is a row of its rule, and a row for each of its failures', () => {
  const tables = effectTables([payments]);
  expect(tables).toMatch(/^\| `payments.charge` \| `ChargeRequested` \| psp \| `create`, `confirm` \|/m);
  expect(tables).toContain('| `payments.charge` | `card_declined` | rejected | no | `ChargeDeclined` |');
  expect([200, 5_000, 120_000, 86_400_000].map(durationOf)).toEqual(['0.2 s', '5 s', '2 min', '24 h']);
});

test('a metric is a row of what it is and what it is told apart by; an attribute one of its values', () => {
  const tables = metricTables(metricCatalogue, attributeValues);
  expect(tables).toMatch(
    /^\| `refrain_operations` \| gauge \|  \| `effect`, `status` \| Operations without/m,
  );
  expect(tables).toContain('| `status` | `open`, `waiting`, `defect` |');
  expect(tables).toContain('| `dependency` | names of dependencies of effects, and "none" |');
});

test('tables go between their marks, and a page that lost one is an error', () => {
  const page = readFileSync(join(root, 'docs/retries.md'), 'utf8');
  expect(withTables(withTables(page, 'one'), 'two')).toBe(withTables(page, 'two'));
  expect(() => withTables('# Retries', 'one')).toThrow('expected the marks');
});

test.each(writtenPages())('$path is what the code says; else: npx node scripts/docs/pages.ts', (page) => {
  expect(readFileSync(join(root, page.path), 'utf8')).toBe(page.text);
});
