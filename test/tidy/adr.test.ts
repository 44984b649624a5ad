import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { adrIndex, indexFile } from '../../scripts/adr-index.ts';
import { badAdr, isAdr } from './adr.ts';
import { root, treeFiles } from './tree.ts';

const good = `# 7. Retry without sleep

| Date | Status | Replaces | Guarded by |
|---|---|---|---|
| 2026-11-24 | accepted | - | \`shared/retry/backoff.test.ts\` |

## Problem
`;
const adr = (text: string): string[] => badAdr({ path: 'docs/adr/0007-retry-without-sleep.md', text });

test('a decision with its title and its header is fine', () => {
  expect(adr(good)).toEqual([]);
});

test('a decision without title, without header, with a bad row or too long is found', () => {
  expect(adr(good.replace('# 7. Retry', 'Retry'))).toHaveLength(1);
  expect(adr(good.replace('Guarded by', 'Author'))).toHaveLength(1);
  expect(adr(good.replace('2026-11-24', 'yesterday'))).toHaveLength(1);
  expect(adr(good + 'more\n'.repeat(80))).toHaveLength(1);
});

test('the index names each decision with its latest row', () => {
  const revised = good.replace(
    '\n\n## Problem',
    '\n| 2026-12-01 | revised | - | `x.test.ts` |\n\n## Problem',
  );
  expect(adrIndex([{ file: '0007-retry-without-sleep.md', text: revised }])).toContain(
    '| [0007](0007-retry-without-sleep.md) | Retry without sleep | revised | 2026-12-01 | `x.test.ts` |',
  );
});

test('every decision has its header', () => {
  expect(treeFiles().filter(isAdr).flatMap(badAdr)).toEqual([]);
});

test('the index lists what is there; `node scripts/adr-index.ts` writes it', () => {
  const adrs = treeFiles().filter(isAdr);
  const expected = adrIndex(adrs.map(({ path, text }) => ({ file: path.replace('docs/adr/', ''), text })));
  expect(readFileSync(join(root, indexFile), 'utf8')).toBe(expected);
});
