import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readConfig } from '../../scripts/cli/config.ts';
import { schemas } from '../../scripts/cli/config-values.ts';
import { badExamples, examplesIn } from './env-example.ts';
import { root } from './tree.ts';

const examples = examplesIn(readFileSync(join(root, '.env.example'), 'utf8'));
const envFile = join(root, 'test/tidy/no.env');

test('a variable that is missing, one that nobody reads and another default are found', () => {
  const read = new Map([
    ['LOG_LEVEL', 'info'],
    ['NATS_URL', null],
  ]);
  expect(badExamples(examplesIn('LOG_LEVEL=info\n\n# NATS_URL=nats://a:1\n# OTEL_X=1\n'), read)).toEqual([]);
  expect(badExamples(examplesIn('LOG_LEVEL=warn\nNATS_URLS=x\n'), read)).toEqual([
    '.env.example lacks NATS_URL',
    '.env.example has NATS_URLS, which nobody reads',
    '.env.example: LOG_LEVEL is info when nobody says',
  ]);
  expect(badExamples(examplesIn('# LOG_LEVEL=info\nNATS_URL=x\n'), read)).toHaveLength(2);
});

test('.env.example has every variable that is read, with the value that holds without it', () => {
  const { entries } = readConfig({ env: {}, envFile });
  const read = new Map(
    entries.filter(({ name }) => !name.startsWith('--')).map(({ name, value }) => [name, value]),
  );
  expect([...read.keys()].sort()).toEqual(
    Object.keys(schemas)
      .filter((name) => !name.startsWith('--'))
      .sort(),
  );
  expect(badExamples(examples, read)).toEqual([]);
});

test('what .env.example sets is what may be set', () => {
  const env = Object.fromEntries(
    examples.filter(({ isComment }) => !isComment).map(({ name, value }) => [name, value]),
  );
  expect(() => readConfig({ env, envFile })).not.toThrow();
});
