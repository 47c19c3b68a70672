import assert from 'node:assert/strict';
import { beforeAll, test } from 'vitest';
import { bundle } from './bundle.ts';
import { missing } from './coverage.ts';
import { runSeeds } from './pool.ts';

const SEEDS = 200;

let file = '';

beforeAll(async () => {
  file = await bundle();
});

test(`client, faulty network and node keep their promises in ${SEEDS} seeds`, { timeout: 300_000 }, async () => {
  const { failed, coverage } = await runSeeds(file, {
    first: 1,
    count: SEEDS,
  });
  const told = failed.map(({ seed, violations }) => `npm run simulate -- --seeds 1 --seed ${seed}: ${violations[0]}`);
  assert.deepEqual(told, []);
  assert.deepEqual(missing(coverage), [], 'everything that can go wrong was reached');
});

test('the same seed is the same run, to the letter', { timeout: 60_000 }, async () => {
  const hashes: string[][] = [[], []];
  for (const list of hashes)
    await runSeeds(file, { first: 501, count: 6, onVerdict: ({ seed, hash }) => list.push(`${seed} ${hash}`) });
  const [first, second] = hashes.map((list) => list.sort());
  assert.equal(new Set(first).size, 6);
  assert.deepEqual(second, first);
});
