import assert from 'node:assert/strict';
import { test } from 'vitest';
import { bundle } from './bundle.ts';
import { MUTATIONS } from './mutations.ts';
import { runSeeds } from './pool.ts';

/** Within so many seeds a broken client must be found out. */
const SEEDS = 100;

for (const mutation of MUTATIONS) {
  test(`a client in which ${mutation.name} is found out`, { timeout: 120_000 }, async () => {
    const file = await bundle(mutation);
    const { failed } = await runSeeds(file, { first: 1, count: SEEDS, threads: 1, mostFailures: 1 });
    assert.ok(failed.length > 0, `${SEEDS} seeds passed`);
  });
}
