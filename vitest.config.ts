import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

const never = ['**/node_modules/**', '.cache/**', '.nx/**', '.refrain/**'];
const common = {
  environment: 'node',
  pool: 'threads',
  retry: 0,
  // Node itself loads and strips what is tested, as it does where it runs: nothing is made of it for tests.
  experimental: { viteModuleRunner: false },
} as const;
/**
 * What is loaded once serves all files: up to half the time. So no test may change a module, and what it puts
 * in another's place is taken back.
 */
const loadedOnce = { isolate: false, restoreMocks: true, unstubEnvs: true, unstubGlobals: true } as const;
const processes = { ...common, testTimeout: 120_000, hookTimeout: 120_000 } as const;
/** Tests that share a shop, or that time something, take turns: they see nobody's doings but their own. */
const takingTurns = { ...processes, fileParallelism: false } as const;

/** Tests that take half a minute and more, the longest first. */
const long = [
  'tutorial.chaos',
  'mails.chaos',
  'cluster.chaos',
  'service.chaos',
  'archive.chaos',
  'hundred-thousand.jetstream',
].map((name) => `/${name}.test.ts`);

/** What takes long begins first: where it begins last, a core has nothing to do meanwhile. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const at = long.findIndex((name) => moduleId.endsWith(name));
      return at === -1 ? long.length : at;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}

/** A test's suffix says what it costs and so where it runs. `test/tidy` checks that each has one place. */
export default defineConfig({
  test: {
    allowOnly: false,
    sequence: { sequencer: LongFirst },
    reporters: ['default', './test/support/closing-line.ts'],
    projects: [
      {
        test: {
          ...common,
          name: 'unit',
          // The default leaves a core to a screen that nobody sits at.
          maxWorkers: '100%',
          ...loadedOnce,
          include: ['**/*.test.ts'],
          exclude: [...never, '**/*.{jetstream,shop,chaos,load,alone}.test.ts'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...common,
          name: 'jetstream',
          maxWorkers: 2,
          ...loadedOnce,
          include: ['**/*.jetstream.test.ts'],
          exclude: never,
          globalSetup: ['test/support/nats.setup.ts'],
          testTimeout: 30_000,
          hookTimeout: 30_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...takingTurns,
          name: 'shop',
          ...loadedOnce,
          include: ['**/*.shop.test.ts'],
          exclude: never,
          globalSetup: ['test/support/shop.setup.ts'],
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          ...processes,
          name: 'chaos',
          include: ['**/*.chaos.test.ts'],
          exclude: never,
          // They wait more than they work.
          maxWorkers: 2,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          ...takingTurns,
          name: 'load',
          include: ['**/*.load.test.ts'],
          exclude: never,
          sequence: { groupOrder: 4 },
        },
      },
      {
        test: {
          // What waits for a broker's clock: nothing that takes both cores may run beside it.
          ...processes,
          maxWorkers: 2,
          name: 'alone',
          include: ['**/*.alone.test.ts'],
          exclude: never,
          globalSetup: ['test/support/nats.setup.ts'],
          sequence: { groupOrder: 5 },
        },
      },
    ],
  },
});
