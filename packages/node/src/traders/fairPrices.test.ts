import assert from 'node:assert/strict';
import { test } from 'vitest';
import type { Pair } from '../chain/state.ts';
import { OrderColumns } from '../matching/orderColumns.ts';
import { RestingOrders } from '../matching/restingOrders.ts';
import { FairPrices } from './fairPrices.ts';

const LIST = 10n ** 12n;

const pairOf = (base: string, quote: string, listPrice = LIST): Pair => ({
  symbol: `${base}_${quote}`,
  base,
  quote,
  isMini: false,
  listPrice,
  tickSize: 1n,
  lotSize: 1n,
  orders: new RestingOrders(new OrderColumns()),
  reference: listPrice,
  matchLotSize: 1n,
  lastMatchHeight: 0,
  round: [],
  history: [],
});

test('a fair price stays within a tenth of the list price over weeks, and wanders on both sides of it', () => {
  const pair = pairOf('ABC-123', 'BNB');
  const fairPrices = new FairPrices(42);
  let [least, most] = [LIST, LIST];
  for (let height = 1; height < 4_000_000; height += 397) {
    const price = fairPrices.of(pair, height);
    if (price < least) least = price;
    if (price > most) most = price;
  }
  assert.ok(least > (LIST * 90n) / 100n && least < (LIST * 98n) / 100n, String(least));
  assert.ok(most < (LIST * 110n) / 100n && most > (LIST * 102n) / 100n, String(most));
});

test('from one block to the next a fair price moves by less than a step of the ladder, and it does move', () => {
  const pair = pairOf('ABC-123', 'BNB');
  const fairPrices = new FairPrices(7);
  let before = fairPrices.of(pair, 1);
  let moved = 0;
  for (let height = 2; height < 20_000; height += 1) {
    const price = fairPrices.of(pair, height);
    const move = price > before ? price - before : before - price;
    assert.ok(move * 1_000n < LIST, `${move} at ${height}`);
    if (move > 0n) moved += 1;
    before = price;
  }
  assert.ok(moved > 15_000, String(moved));
});

test('a fair price depends on seed and height alone, whatever was asked for before', () => {
  const pair = pairOf('ABC-123', 'BNB');
  const fairPrices = new FairPrices(7);
  const heights = [1, 12_345, 90, 1_000_000, 89, 12_345, 2];
  for (const height of heights) assert.equal(fairPrices.of(pair, height), new FairPrices(7).of(pair, height));
  assert.notEqual(fairPrices.of(pair, 12_345), new FairPrices(8).of(pair, 12_345));
});

test('the prices of a triangle of pairs agree', () => {
  const fairPrices = new FairPrices(3);
  for (let height = 1; height < 100_000; height += 997) {
    const [ab, bc, ac] = [pairOf('A', 'B'), pairOf('B', 'C'), pairOf('A', 'C')].map((pair) =>
      Number(fairPrices.of(pair, height)),
    );
    const through = ((ab ?? 0) / Number(LIST)) * (bc ?? 0);
    assert.ok(Math.abs(through / (ac ?? 0) - 1) < 1e-9, String(height));
  }
});
