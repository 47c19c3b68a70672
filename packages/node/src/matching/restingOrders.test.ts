import assert from 'node:assert/strict';
import fc from 'fast-check';
import { expectTypeOf, test } from 'vitest';
import { expiredOrders } from './expired.ts';
import type { PriceLevel } from './priceLevel.ts';
import { type OrderSide, RestingOrder } from './restingOrder.ts';
import { RestingOrders } from './restingOrders.ts';

const SIDES: readonly OrderSide[] = ['buy', 'sell'];

const order = (id: string, side: OrderSide, price: bigint, quantity = 10n, height = 1, filled = 0n): RestingOrder =>
  new RestingOrder(id, side, price, quantity, filled, height);

const idsOf = (orders: RestingOrders, side: OrderSide): [bigint, string[]][] =>
  [...orders.ranked(side)].map(([, level]) => [level.price, [...level].map(({ id }) => id)]);

const walked = (step: () => PriceLevel | undefined): bigint[] => {
  const prices: bigint[] = [];
  for (let level = step(); level !== undefined; level = step()) prices.push(level.price);
  return prices;
};

test('buys stand from the highest price down, sells from the lowest up, orders of a price as they came', () => {
  const orders = new RestingOrders();
  for (const side of SIDES) {
    for (const [id, price] of [
      ['a', 5n],
      ['b', 7n],
      ['c', 5n],
      ['d', 6n],
    ] as const)
      orders.insert(order(side + id, side, price));
  }
  assert.deepEqual(idsOf(orders, 'buy'), [
    [7n, ['buyb']],
    [6n, ['buyd']],
    [5n, ['buya', 'buyc']],
  ]);
  assert.deepEqual(idsOf(orders, 'sell'), [
    [5n, ['sella', 'sellc']],
    [6n, ['selld']],
    [7n, ['sellb']],
  ]);
  assert.equal(orders.best('buy')?.price, 7n);
  assert.equal(orders.best('sell')?.price, 5n);
});

test('the best levels are told with what their orders leave open', () => {
  const orders = new RestingOrders();
  orders.insert(order('a', 'sell', 5n, 10n, 1, 4n));
  orders.insert(order('b', 'sell', 5n, 3n));
  orders.insert(order('c', 'sell', 6n, 1n));
  orders.insert(order('d', 'sell', 7n, 1n));
  assert.deepEqual(orders.levels('sell', 2), [
    [5n, 9n],
    [6n, 1n],
  ]);
  assert.deepEqual(orders.levels('sell', 0), []);
  assert.deepEqual(orders.levels('buy', 5), []);
  assert.equal(orders.openAt('sell', 5n), 9n);
  assert.equal(orders.openAt('sell', 4n), 0n);
});

test('an order that is gone cannot be removed again', () => {
  const orders = new RestingOrders();
  const one = order('a', 'buy', 5n);
  orders.insert(one);
  assert.equal(orders.remove(one), true);
  assert.equal(orders.remove(one), false);
  assert.equal(orders.size, 0);
  assert.equal(orders.best('buy'), undefined);
});

test('orders of an own class come back as that class', () => {
  class Own extends RestingOrder {
    readonly owner = 'alice';
  }
  const orders = new RestingOrders<Own>();
  orders.insert(new Own('a', 'buy', 5n, 1n, 0n, 1));
  expectTypeOf(orders.best('buy')?.first).toEqualTypeOf<Own | undefined>();
  assert.equal(orders.best('buy')?.first?.owner, 'alice');
});

test('resting orders agree with a plain sorted list, whatever comes and goes', () => {
  const step = fc.record({
    side: fc.constantFrom(...SIDES),
    // Few prices at one end, and up to int64 at the other.
    price: fc.oneof(fc.bigInt(1n, 400n), fc.bigInt(1n, 2n ** 63n - 1n)),
    quantity: fc.bigInt(1n, 1000n),
    /** Removes the order of that place instead, if there is one. */
    remove: fc.option(fc.nat(2_000)),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 1_500, size: 'max' }), (steps) => {
      const orders = new RestingOrders();
      let plain: RestingOrder[] = [];
      steps.forEach(({ side, price, quantity, remove }, at) => {
        const gone = remove === null ? undefined : plain[remove];
        if (gone === undefined) {
          const one = order(String(at), side, price, quantity);
          orders.insert(one);
          plain.push(one);
        } else {
          assert.equal(orders.remove(gone), true);
          plain = plain.filter((one) => one !== gone);
        }
      });
      assert.equal(orders.size, plain.length);
      for (const side of SIDES) {
        const prices = [...new Set(plain.filter((one) => one.side === side).map((one) => one.price))];
        prices.sort((a, b) => (a === b ? 0 : a < b === (side === 'sell') ? -1 : 1));
        const expected = prices.map((price) => plain.filter((one) => one.side === side && one.price === price));
        assert.deepEqual(
          idsOf(orders, side),
          expected.map((level, at) => [prices[at], level.map(({ id }) => id)]),
        );
        const totals = expected.map((level) => level.reduce((total, { quantity }) => total + quantity, 0n));
        assert.deepEqual(
          orders.levels(side, Number.MAX_SAFE_INTEGER),
          prices.map((price, at) => [price, totals[at]]),
        );
        assert.equal(orders.levelCount(side), prices.length);
        const middle = prices[prices.length >> 1];
        if (middle === undefined) continue;
        assert.equal(orders.openAt(side, middle), totals[prices.length >> 1]);
        assert.deepEqual(walked(orders.walk(side, middle)), prices.slice(0, (prices.length >> 1) + 1));
      }
    }),
    { numRuns: 60 },
  );
});

test('a hundred thousand prices are found again, and leave nothing behind', () => {
  const orders = new RestingOrders();
  // 7 and 100,003 have no common divisor: all prices, in no order.
  const all = Array.from({ length: 100_003 }, (_, at) => order(String(at), 'buy', BigInt((at * 7) % 100_003) + 1n));
  for (const one of all) orders.insert(one);
  assert.equal(orders.levelCount('buy'), 100_003);
  assert.deepEqual(orders.levels('buy', 2), [
    [100_003n, 10n],
    [100_002n, 10n],
  ]);
  assert.equal(orders.openAt('buy', 50_000n), 10n);
  for (const one of all) orders.remove(one);
  assert.equal(orders.size, 0);
  assert.equal(orders.levelCount('buy'), 0);
});

test('on the best levels orders expire by one height, on the others by another, and nothing is taken away yet', () => {
  const orders = new RestingOrders();
  for (let price = 1n; price <= 4n; price += 1n) {
    orders.insert(order(`${price}old`, 'sell', price, 1n, 5));
    orders.insert(order(`${price}new`, 'sell', price, 1n, 6));
  }
  const expired = (reservedBefore: number, before: number): string[] =>
    expiredOrders(orders, 'sell', { reservedLevels: 2, reservedBefore, before }).map(({ id }) => id);
  assert.deepEqual(expired(0, 6), ['3old', '4old']);
  assert.deepEqual(expired(6, 7), ['1old', '2old', '3old', '3new', '4old', '4new']);
  assert.deepEqual(expired(0, 5), []);
  assert.equal(orders.size, 8);
});
