import { globSync } from 'node:fs';
import type { KnipConfig } from 'knip';

const workspaces = ['shared/*', 'services/*', 'services/*/contract', 'infra/sandbox/*'];
/** A package whose first source file is yet to come uses none of its dependencies, which is no finding. */
const empty = workspaces
  .flatMap((pattern) => globSync(pattern))
  .filter((folder) => globSync(`${folder}/*.ts`).length === 0);

export default {
  ignoreWorkspaces: empty,
  // Unused types are how a package names the shapes in its signatures.
  exclude: ['types'],
  workspaces: {
    '.': {
      entry: [
        'test/{bench,proof}/*.ts',
        'test/**/*.test.ts',
        'test/support/*.setup.ts',
        'test/support/closing-line.ts',
      ],
      project: ['test/**/*.ts', '*.ts'],
    },
    'shared/*': { entry: ['mod.ts', '**/*.test.ts'], project: ['**/*.ts'] },
    'services/*': { entry: ['service.ts', 'main.ts', '*.test.ts'], project: ['*.ts'] },
    'services/*/contract': { entry: ['index.ts', '*.test.ts'], project: ['*.ts'] },
    'infra/sandbox/*': { entry: ['mod.ts', 'main.ts', '*.test.ts'], project: ['**/*.ts'] },
    scripts: {
      entry: ['refrain.ts', 'check.ts', 'setup.mjs', 'adr-index.ts', 'nx/plugin.ts', '**/*.test.ts'],
      project: ['**/*.{ts,mjs}'],
    },
  },
} satisfies KnipConfig;
