import assert from 'node:assert/strict';
import { test } from 'vitest';
import { busiest, hasTurn, selectMini } from './selection.ts';

const waiting = (count: number) => Array.from({ length: count }, (_, at) => ({ symbol: `T${at}-12AM_BNB`, orders: 1 }));

test('of pairs with equally many orders the smaller symbols are chosen', () => {
  const items = ['C', 'A', 'D', 'B'].map((symbol) => ({ symbol, orders: symbol === 'D' ? 5 : 2 }));
  assert.deepEqual(
    busiest(items, 3).map(({ symbol }) => symbol),
    ['D', 'A', 'B'],
  );
});

test('each symbol has its turn once in sixteen blocks, by its checksum', () => {
  for (const { symbol } of waiting(40)) {
    const heights = Array.from({ length: 32 }, (_, height) => height).filter((height) => hasTurn(symbol, height));
    assert.equal(heights.length, 2);
    assert.equal(heights[1]! - heights[0]!, 16);
  }
  // CRC-32 of `123456789` is cbf43926, the check value of the IEEE polynomial.
  assert.ok(hasTurn('123456789', 6));
});

test('the eight busiest pairs are matched in every block, others in their turn, and all in a breathe block', () => {
  const items = waiting(30);
  const chosen = selectMini(items, 3, false);
  const turn = items.filter(({ symbol }) => hasTurn(symbol, 3));
  assert.equal(chosen.length, new Set([...busiest(items, 8), ...turn]).size);
  for (const item of [...busiest(items, 8), ...turn]) assert.ok(chosen.includes(item));
  assert.deepEqual(selectMini(items, 3, true), items);
});
