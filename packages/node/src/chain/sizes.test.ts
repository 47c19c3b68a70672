import assert from 'node:assert/strict';
import { test } from 'vitest';
import { openPair, stateOf } from '../../../../tests/cases/caseState.ts';
import { lotSizeOf, rememberPrices, tickSizeOf, updateSizes, weightedAverage } from './sizes.ts';

test('sizes follow the table of the matching rules', () => {
  const rows = [
    [1n, 1n, 13],
    [1_000n, 1n, 10],
    [100_000n, 1n, 8],
    [1_000_000n, 10n, 7],
    [10_000_000n, 100n, 6],
    [100_000_000n, 1_000n, 5],
    [1_000_000_000n, 10_000n, 4],
    [100_000_000_000n, 1_000_000n, 2],
    [10_000_000_000_000n, 100_000_000n, 0],
  ] as const;
  for (const [price, tick, lotDigits] of rows) {
    assert.deepEqual([tickSizeOf(price), lotSizeOf(price)], [tick, 10n ** BigInt(lotDigits)], `${price}`);
  }
  assert.deepEqual([tickSizeOf(0n), lotSizeOf(-1n)], [1n, 10n ** 13n]);
});

test('above ten million units the tick has the original’s errors of floating point', () => {
  const magnitudes = [10n ** 15n - 1n, 10n ** 15n, 10n ** 15n + 2n, 10n ** 15n + 3n, 10n ** 16n - 1n, 10n ** 16n];
  assert.deepEqual(
    magnitudes.map((price) => String(tickSizeOf(price)).length - 1),
    [9, 9, 9, 10, 11, 11],
  );
});

test('later prices weigh more in the average', () => {
  assert.equal(weightedAverage([1n, 2n, 4n]), 2n);
  assert.equal(weightedAverage([]), 0n);
});

test('the latest 2,000 prices are kept', () => {
  const pair = openPair(stateOf(), { base: 'A', quote: 'BNB', listPrice: '7' });
  for (let at = 0; at < 2_001; at += 1) {
    pair.reference = BigInt(at);
    rememberPrices([pair]);
  }
  assert.deepEqual([pair.history.length, pair.history[0], pair.history.at(-1)], [2_000, 1n, 2_000n]);
});

test('a pair with too short a history keeps its sizes, also the one it is matched by', () => {
  const state = stateOf();
  const young = openPair(state, { base: 'A', quote: 'BNB', listPrice: '1', tickSize: '7', lotSize: '9' });
  const old = openPair(state, { base: 'B', quote: 'BNB', listPrice: '1', tickSize: '7', lotSize: '9' });
  young.history.push(...Array<bigint>(499).fill(100_000_000n));
  old.history.push(...Array<bigint>(500).fill(100_000_000n));
  updateSizes(state);
  assert.deepEqual([young.tickSize, young.lotSize, young.matchLotSize], [7n, 9n, 9n]);
  assert.deepEqual([old.tickSize, old.lotSize, old.matchLotSize], [1_000n, 100_000n, 100_000n]);
});
