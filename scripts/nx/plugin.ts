import { dirname } from 'node:path';
import type { CreateNodes, CreateNodesResult } from '@nx/devkit';

export const name = 'refrain';

/**
 * Every workspace package gets the same three targets, so that adding one means adding a folder and nothing
 * else.
 */
const targets = {
  typecheck: { command: 'tsc --noEmit -p {projectRoot}' },
  lint: { command: 'oxlint {projectRoot}' },
  test: { command: 'vitest run --project unit --passWithNoTests {projectRoot}/' },
};

export const createNodes: CreateNodes = [
  '{services/*,services/*/contract,shared/*,infra/sandbox/*,scripts}/package.json',
  (files) =>
    files.map((file): readonly [string, CreateNodesResult] => [
      file,
      { projects: { [dirname(file)]: { targets } } },
    ]),
];
