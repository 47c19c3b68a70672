import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { NamedOrders } from '../../../../tests/support/namedOrders.ts';
import { expiredOrders } from './expired.ts';
import { NONE, type Order, type OrderSide } from './orderColumns.ts';
import type { Walk } from './priceLadder.ts';
import { RestingOrders } from './restingOrders.ts';

const SIDES: readonly OrderSide[] = ['buy', 'sell'];

/** Resting orders with names. */
class Book extends RestingOrders {
  readonly named: NamedOrders;

  constructor(named = new NamedOrders()) {
    super(named.columns);
    this.named = named;
  }

  /** Places a new order. */
  place(id: string, side: OrderSide, price: bigint, quantity = 10n, height = 1, filled = 0n): Order {
    const order = this.named.make(id, side, price, quantity, height, filled);
    assert.equal(this.insert(order), true);
    return order;
  }
}

const priceOf = ({ columns }: Book, level: number): bigint | undefined =>
  level === NONE ? undefined : columns.levels.price[level];

const idsOf = (book: Book, side: OrderSide): [bigint, string[]][] =>
  book.ranked(side).map((level) => [priceOf(book, level)!, book.named.onLevel(level).map(({ id }) => id)]);

const walked = (book: Book, walk: Walk): bigint[] => {
  const prices: bigint[] = [];
  for (let level = walk.next(); level !== NONE; level = walk.next()) prices.push(priceOf(book, level)!);
  return prices;
};

test('buys stand from the highest price down, sells from the lowest up, orders of a price as they came', () => {
  const orders = new Book();
  for (const side of SIDES) {
    for (const [id, price] of [
      ['a', 5n],
      ['b', 7n],
      ['c', 5n],
      ['d', 6n],
    ] as const)
      orders.place(side + id, side, price);
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
  assert.equal(priceOf(orders, orders.best('buy')), 7n);
  assert.equal(priceOf(orders, orders.best('sell')), 5n);
});

test('the best levels are told with what their orders leave open', () => {
  const orders = new Book();
  orders.place('a', 'sell', 5n, 10n, 1, 4n);
  orders.place('b', 'sell', 5n, 3n);
  orders.place('c', 'sell', 6n, 1n);
  orders.place('d', 'sell', 7n, 1n);
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
  const orders = new Book();
  const one = orders.place('a', 'buy', 5n);
  assert.equal(orders.remove(one), true);
  assert.equal(orders.remove(one), false);
  assert.equal(orders.size, 0);
  assert.equal(orders.best('buy'), NONE);
});

test('a level holds what fits int64, and refuses an order with which it would not', () => {
  const orders = new Book();
  orders.place('a', 'buy', 5n, 2n ** 63n - 2n);
  assert.equal(orders.insert(orders.named.make('b', 'buy', 5n, 2n, 1)), false);
  assert.deepEqual([orders.size, orders.openAt('buy', 5n)], [1, 2n ** 63n - 2n]);
  orders.place('c', 'buy', 5n, 1n);
  assert.deepEqual(idsOf(orders, 'buy'), [[5n, ['a', 'c']]]);
});

test('a place is given again once it was released, and the new order has nothing of the old one', () => {
  const orders = new Book();
  const old = orders.place('a', 'buy', 5n, 10n, 7, 3n);
  orders.remove(old);
  orders.columns.release(old);
  const next = orders.place('b', 'sell', 6n, 8n);
  assert.equal(next, old);
  assert.deepEqual(orders.named.read(next), {
    id: 'b',
    side: 'sell',
    price: 6n,
    quantity: 8n,
    filled: 0n,
    height: 1,
  });
  assert.deepEqual(idsOf(orders, 'buy'), []);
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
      const orders = new Book();
      const { named } = orders;
      let plain: Order[] = [];
      steps.forEach(({ side, price, quantity, remove }, at) => {
        const gone = remove === null ? undefined : plain[remove];
        if (gone === undefined) {
          plain.push(orders.place(String(at), side, price, quantity));
        } else {
          assert.equal(orders.remove(gone), true);
          plain = plain.filter((one) => one !== gone);
        }
      });
      assert.equal(orders.size, plain.length);
      for (const side of SIDES) {
        const all = plain.map((one) => named.read(one)).filter((one) => one.side === side);
        const prices = [...new Set(all.map((one) => one.price))];
        prices.sort((a, b) => (a === b ? 0 : a < b === (side === 'sell') ? -1 : 1));
        const expected = prices.map((price) => all.filter((one) => one.price === price));
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
        assert.deepEqual(walked(orders, orders.walk(side, middle)), prices.slice(0, (prices.length >> 1) + 1));
      }
    }),
    { numRuns: 60 },
  );
});

test('a hundred thousand prices are found again, and leave nothing behind', () => {
  const orders = new Book();
  // 7 and 100,003 have no common divisor: all prices, in no order.
  const all = Array.from({ length: 100_003 }, (_, at) =>
    orders.place(String(at), 'buy', BigInt((at * 7) % 100_003) + 1n),
  );
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
  const orders = new Book();
  for (let price = 1n; price <= 4n; price += 1n) {
    orders.place(`${price}old`, 'sell', price, 1n, 5);
    orders.place(`${price}new`, 'sell', price, 1n, 6);
  }
  const expired = (reservedBefore: number, before: number): string[] =>
    orders.named.idsOf(expiredOrders(orders, 'sell', { reservedLevels: 2, reservedBefore, before }));
  assert.deepEqual(expired(0, 6), ['3old', '4old']);
  assert.deepEqual(expired(6, 7), ['1old', '2old', '3old', '3new', '4old', '4new']);
  assert.deepEqual(expired(0, 5), []);
  assert.equal(orders.size, 8);
});
