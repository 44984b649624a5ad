import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../tidy/tree.ts';
import { tools } from './finds.ts';
import { forgetful } from './forgetful.ts';
import { voucher } from './vouchers.ts';

const page = readFileSync(join(root, 'docs/testing.md'), 'utf8');

describe.each(Object.entries(tools))('%s', { timeout: 60_000 }, (_, find) => {
  test('finds nothing in the example as it is', async () => {
    expect(await find(voucher)).toEqual([]);
  });

  test('finds the planted bug, and says so in the words of the page', async () => {
    const lines = await find(forgetful);
    expect(lines.length).toBeGreaterThan(0);
    expect(page).toContain(`\`\`\`\n${lines.join('\n')}\n\`\`\`\n`);
  });
});

test('what the page says was tried is what there is', () => {
  for (const name of Object.keys(tools)) expect(page).toContain(`| ${name} |`);
});
