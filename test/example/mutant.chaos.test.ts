import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hunt } from '../mutants/hunt.ts';
import { readVitest, type Tool, vitest } from '../mutants/tools.ts';

const patch = join(import.meta.dirname, 'forgetful.patch');

const ownTests: Tool = {
  name: 'its own tests',
  command: () => vitest('test/example/vouchers.test.ts'),
  read: readVitest,
};

test('the same bug as a patch, planted in a copy of the tree, is found by the tests of the example', async () => {
  const [about = ''] = readFileSync(patch, 'utf8').split('\n');
  const mutant = { name: 'forgetful', about, patch, files: ['test/example/vouchers.ts'] };
  const found = await hunt(mutant, { tools: [ownTests], seeds: 0 });
  expect(found).toMatchObject({ tool: ownTests.name, finding: { what: expect.stringContaining('issued') } });
});
