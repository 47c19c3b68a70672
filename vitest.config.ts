import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Rooms that keep nothing from test to test, in no module and no global: their files follow each other in one process. */
const SHARED = ['protocol', 'node', 'cli', 'dashboard'].map((name) => `packages/${name}/src/**/*.test.ts`);

/** Of these the ones that weigh the heap, or spy on what all files have. */
const APART = ['packages/protocol/src/frame.test.ts', 'packages/node/src/rest/openApi/openApi.test.ts'];

/** Tests with processes, browsers and clocks of the machine, one file at a time: they must not wait for each other. */
const OUTSIDE = ['tests/{behaviour,dashboard,docs,parquet,runtimes,sdk}/*.test.ts', 'scripts/*.test.ts'];

/** Threads of its own keep all cores busy, and tests with processes would wait for them. */
const SIMULATION = 'tests/simulation/*.test.ts';

// Tests read the sources, so that a failure points at the line that was written; tests/runtimes reads what is packed.
export default defineConfig({
  resolve: {
    alias: [
      { find: /^@dexwire\/protocol$/, replacement: source('packages/protocol/src/index.ts') },
      {
        find: /^@dexwire\/protocol\/transactions$/,
        replacement: source('packages/protocol/src/transactions/index.ts'),
      },
      { find: /^@dexwire\/node\/(core|testing)$/, replacement: `${source('packages/node/src')}/$1.ts` },
      { find: /^@dexwire\/node$/, replacement: source('packages/node/src/index.ts') },
      { find: /^dexwire\/(diagnostics|otel)$/, replacement: `${source('packages/client/src/observe')}/$1.ts` },
      { find: /^dexwire\/wallet$/, replacement: source('packages/client/src/wallet/index.ts') },
      { find: /^dexwire$/, replacement: source('packages/client/src/index.ts') },
      { find: /^#fetch$/, replacement: source('packages/client/src/rest/fetchTrusting.node.ts') },
      { find: /^#socket$/, replacement: source('packages/client/src/socket.node.ts') },
    ],
  },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'shared',
          include: SHARED,
          exclude: [...configDefaults.exclude, ...APART],
          isolate: false,
          // What a test has replaced is there again for the next, whichever file that stands in.
          restoreMocks: true,
          unstubGlobals: true,
          unstubEnvs: true,
        },
      },
      {
        extends: true,
        test: {
          name: 'apart',
          include: ['packages/client/src/**/*.test.ts', ...APART, 'tests/**/*.test.ts'],
          exclude: [...configDefaults.exclude, ...OUTSIDE, SIMULATION],
          typecheck: { enabled: true, include: ['packages/*/src/**/*.test-d.ts'], tsconfig: 'tests/tsconfig.json' },
        },
      },
      {
        extends: true,
        test: { name: 'outside', include: OUTSIDE, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: { name: 'simulation', include: [SIMULATION], sequence: { groupOrder: 2 } },
      },
    ],
    reporters: ['default', './scripts/countsReporter.ts'],
    // One for each core: by itself Vitest leaves one of them idle, which may be half of all.
    maxWorkers: availableParallelism(),
    testTimeout: 20_000,
    hookTimeout: 60_000,
    dangerouslyIgnoreUnhandledErrors: false,
  },
});
