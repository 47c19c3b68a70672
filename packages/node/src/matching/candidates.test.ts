import assert from 'node:assert/strict';
import { test } from 'vitest';
import { NamedOrders } from '../../../../tests/support/namedOrders.ts';
import { candidatesOf, MAX_INT64 } from './candidates.ts';
import { RestingOrders } from './restingOrders.ts';

/** A thousand sells of 10 from 1,000 up, and one buy. */
const bookOf = (price: bigint, quantity: bigint): RestingOrders => {
  const named = new NamedOrders();
  const orders = new RestingOrders(named.columns);
  for (let level = 0; level < 1_000; level += 1)
    orders.insert(named.make(`S${level}`, 'sell', BigInt(1_000 + level), 10n, 1));
  orders.insert(named.make('B', 'buy', price, quantity, 2));
  return orders;
};

const pricesOf = (orders: RestingOrders, isWhole = false): bigint[] => {
  const { price, length } = candidatesOf(orders, undefined, isWhole);
  return [...price.subarray(0, length)];
};

test('an order that crosses a deep book looks at the levels it may trade with, and at one more', () => {
  assert.deepEqual(pricesOf(bookOf(5_000n, 25n)), [5_000n, 1_003n, 1_002n, 1_001n, 1_000n]);
  assert.deepEqual(pricesOf(bookOf(5_000n, 30n)), [5_000n, 1_003n, 1_002n, 1_001n, 1_000n]);
  assert.deepEqual(pricesOf(bookOf(1_000n, 25n)), [1_000n]);
  assert.equal(pricesOf(bookOf(5_000n, 25n), true).length, 1_001);
});

test('an order that outweighs all it crosses looks at all of that', () => {
  assert.equal(pricesOf(bookOf(5_000n, 1_000_000n)).length, 1_001);
});

test('past int64, where totals saturate and no level has more surplus than another, nothing is left out', () => {
  const orders = bookOf(5_000n, 10n);
  orders.insert(orders.columns.make('sell', 999n, MAX_INT64, 0n, 1));
  assert.equal(pricesOf(orders).length, 1_002);
});
