import type { KnipConfig } from 'knip';

export default {
  // A type names a shape that appears in a signature; that nobody else has named it yet is no finding.
  exclude: ['types'],
  // Looked for before they are called.
  ignoreBinaries: ['apt-get', 'dpkg-deb', 'openssl'],
  workspaces: {
    '.': {
      // The root pins the version of everything, once; whether a package may use it stands in its own
      // package.json.
      ignoreDependencies: [/.*/],
      entry: [
        'test/{bench,proof}/*.ts',
        'test/example/show.ts',
        'test/releases/record.ts',
        'test/archive/killed-import.ts',
        'test/mutants/sim-seeds.ts',
        'test/**/*.test.ts',
        'test/support/*.ts',
        'infra/sandbox/door/*.test.ts',
      ],
      project: ['test/**/*.ts', 'infra/sandbox/door/*.ts', '*.ts'],
    },
    'shared/*': { entry: ['mod.ts', '**/*.test.ts', 'talking.fixture.ts'], project: ['**/*.ts'] },
    'services/*': { entry: ['service.ts', 'main.ts', 'stand-in.ts', '*.test.ts'], project: ['*.ts'] },
    'services/console': {
      entry: ['api/mod.ts', 'web/main.tsx', 'web/public/before.js', 'vite.config.ts', '**/*.test.ts'],
      project: ['**/*.{ts,tsx,css}'],
    },
    'services/*/contract': { entry: ['index.ts', '*.test.ts'], project: ['*.ts'] },
    'infra/sandbox/*': { entry: ['mod.ts', 'main.ts', '*.test.ts'], project: ['**/*.ts'] },
    'test/own-repository': {
      entry: ['invoices/*.ts', '*.test.ts'],
      project: ['**/*.ts'],
      // The older compiler that the page's service is checked with, run by its path.
      ignoreDependencies: ['typescript'],
    },
    scripts: {
      entry: [
        'cli/commands/*.ts',
        'console/{main,worker}.ts',
        'check.ts',
        '*.mjs',
        'adr-index.ts',
        'nx/*.ts',
        '**/*.test.ts',
      ],
      project: ['**/*.{ts,mjs}'],
    },
  },
} satisfies KnipConfig;
