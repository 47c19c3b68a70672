import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

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
    include: ['packages/*/src/**/*.test.ts', 'tests/**/*.test.ts', 'scripts/*.test.ts'],
    typecheck: { enabled: true, include: ['packages/*/src/**/*.test-d.ts'], tsconfig: 'tests/tsconfig.json' },
    reporters: ['default', './scripts/countsReporter.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
    dangerouslyIgnoreUnhandledErrors: false,
  },
});
