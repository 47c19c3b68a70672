import assert from 'node:assert/strict';
import { test } from 'vitest';
import { NamedOrders, type NamedTrade } from '../../../../tests/support/namedOrders.ts';
import { type Match, type MatchTerms, match } from './match.ts';
import type { OrderSide } from './orderColumns.ts';
import { RestingOrders } from './restingOrders.ts';
import { Trades } from './trades.ts';

type Row = readonly [id: string, side: OrderSide, quantity: bigint, price: bigint, height: number];

interface Book {
  readonly named: NamedOrders;
  readonly orders: RestingOrders;
}

const bookOf = (rows: readonly Row[]): Book => {
  const named = new NamedOrders();
  const orders = new RestingOrders(named.columns);
  for (const [id, side, quantity, price, height] of rows) orders.insert(named.make(id, side, price, quantity, height));
  return { named, orders };
};

/** A match with its trades and the orders that it filled, by their names. */
const matched = (
  { named, orders }: Book,
  terms: MatchTerms,
): { found: Match; trades: readonly NamedTrade[]; filled: readonly string[] } => {
  const trades = new Trades();
  const found = match(orders, terms, trades);
  return {
    found,
    trades: named.trades(trades),
    filled: found.name === 'matched' ? named.idsOf(found.filled) : [],
  };
};

const short = (trades: readonly NamedTrade[]): unknown[] =>
  trades.map(({ sell, buy, price, quantity, tick }) => [sell, buy, price, quantity, tick]);

/** Open totals by level, and each order with what of it is filled: all that a failure must leave alone. */
const stateOf = ({ named, orders }: Book): unknown =>
  (['buy', 'sell'] as const).map((side) => {
    const { levels } = named.columns;
    return orders
      .ranked(side)
      .map((level) => [
        levels.price[level],
        levels.open[level],
        named.onLevel(level).map(({ id, filled }) => [id, filled]),
      ]);
  });

test('the worked example of the rules gives its eight trades, and takers share makers by lots', () => {
  const book = bookOf([
    ['m1', 'sell', 40n, 96n, 48],
    ['m3', 'sell', 50n, 98n, 49],
    ['m2', 'sell', 30n, 97n, 50],
    ['n1', 'sell', 20n, 98n, 51],
    ['t1', 'buy', 60n, 101n, 51],
    ['t2', 'buy', 50n, 99n, 51],
    ['t3', 'buy', 20n, 99n, 51],
    ['t4', 'buy', 40n, 97n, 51],
  ]);
  const { found, trades, filled } = matched(book, { reference: 100n, lotSize: 10n, lastMatchHeight: 50 });
  assert.deepEqual(short(trades), [
    ['m1', 't1', 96n, 20n, 'buyTaker'],
    ['m1', 't2', 96n, 20n, 'buyTaker'],
    ['m2', 't1', 97n, 20n, 'buyTaker'],
    ['m2', 't2', 97n, 10n, 'buyTaker'],
    ['m3', 't1', 98n, 20n, 'buyTaker'],
    ['m3', 't2', 98n, 20n, 'buyTaker'],
    ['m3', 't3', 98n, 10n, 'buyTaker'],
    ['n1', 't3', 98n, 10n, 'sellSurplus'],
  ]);
  assert(found.name === 'matched');
  assert.deepEqual([found.price, found.surplus], [98n, -10n]);
  assert.deepEqual(filled, ['t1', 't2', 't3', 'm3', 'm2', 'm1']);
  assert.deepEqual(stateOf(book), [[[97n, 40n, [['t4', 0n]]]], [[98n, 10n, [['n1', 10n]]]]]);
});

test('the worked block of the rules: the older buy is cut, and takes what the newer one leaves', () => {
  const book = bookOf([
    ['alice-7', 'buy', 100_000_000_000n, 5_001_000n, 100],
    ['carol-3', 'sell', 90_000_000_000n, 4_980_000n, 101],
    ['bob-1', 'buy', 33_300_000_000n, 5_003_300n, 101],
    ['dave-1', 'sell', 5_000_000_000n, 5_000_000n, 101],
  ]);
  const { found, trades, filled } = matched(book, {
    reference: 5_000_000n,
    lotSize: 10_000_000n,
    lastMatchHeight: 100,
  });
  assert.deepEqual(short(trades), [
    ['carol-3', 'bob-1', 5_001_000n, 33_300_000_000n, 'buySurplus'],
    ['carol-3', 'alice-7', 5_001_000n, 56_700_000_000n, 'sellTaker'],
    ['dave-1', 'alice-7', 5_001_000n, 5_000_000_000n, 'sellTaker'],
  ]);
  assert(found.name === 'matched');
  assert.deepEqual([found.price, found.index, found.surplus], [5_001_000n, 1, 38_300_000_000n]);
  assert.deepEqual(
    trades.map(({ sellFilled, buyFilled }) => [sellFilled, buyFilled]),
    [
      [33_300_000_000n, 33_300_000_000n],
      [90_000_000_000n, 56_700_000_000n],
      [5_000_000_000n, 61_700_000_000n],
    ],
  );
  assert.deepEqual(filled, ['bob-1', 'dave-1', 'carol-3']);
  assert.deepEqual(book.orders.levels('buy', 9), [[5_001_000n, 38_300_000_000n]]);
  assert.deepEqual(book.orders.levels('sell', 9), []);
});

test('nothing happens while the best prices do not meet, and equal ones do', () => {
  const apart = bookOf([
    ['b', 'buy', 10n, 99n, 1],
    ['s', 'sell', 10n, 100n, 1],
  ]);
  assert.deepEqual(matched(apart, { reference: 1n, lotSize: 1n, lastMatchHeight: 0 }).found, { name: 'none' });
  assert.deepEqual(matched(bookOf([]), { reference: 1n, lotSize: 1n, lastMatchHeight: 0 }).found, { name: 'none' });
  const equal = bookOf([
    ['b', 'buy', 10n, 100n, 1],
    ['s', 'sell', 10n, 100n, 1],
  ]);
  const { trades } = matched(equal, { reference: 1n, lotSize: 1n, lastMatchHeight: 0 });
  assert.deepEqual(short(trades), [['s', 'b', 100n, 10n, 'neutral']]);
  assert.equal(equal.orders.size, 0);
});

test('without makers the buys are the takers, the largest order first, and the sells stay as they came', () => {
  const book = bookOf([
    ['s1', 'sell', 10n, 100n, 5],
    ['s2', 'sell', 30n, 100n, 5],
    ['b1', 'buy', 10n, 100n, 5],
    ['b2', 'buy', 30n, 100n, 5],
  ]);
  assert.deepEqual(short(matched(book, { reference: 100n, lotSize: 10n, lastMatchHeight: 4 }).trades), [
    ['s1', 'b2', 100n, 10n, 'neutral'],
    ['s2', 'b2', 100n, 20n, 'neutral'],
    ['s2', 'b1', 100n, 10n, 'neutral'],
  ]);
});

test('an old order that is cut to nothing is no maker', () => {
  // The excess is taken from the lowest buys, all of it from the only old order: then the sells' makers may trade.
  const book = bookOf([
    ['old', 'buy', 10n, 99n, 3],
    ['maker', 'sell', 20n, 99n, 4],
    ['new', 'buy', 20n, 100n, 5],
  ]);
  const { trades } = matched(book, { reference: 99n, lotSize: 10n, lastMatchHeight: 4 });
  assert.deepEqual(
    short(trades),
    [['maker', 'new', 100n, 20n, 'buyTaker']].map((row) => row.with(2, 99n)),
  );
});

// Failures, one for each fault. The book must stay as it was.
for (const [fault, lotSize, rows] of [
  [
    'makersOnBothSides',
    10n,
    [
      ['b', 'buy', 10n, 100n, 1],
      ['s', 'sell', 10n, 100n, 2],
    ],
  ],
  [
    'lotSize',
    0n,
    [
      ['b1', 'buy', 10n, 100n, 5],
      ['b2', 'buy', 10n, 100n, 5],
      ['s', 'sell', 15n, 99n, 5],
    ],
  ],
  [
    'lotSize',
    -5n,
    [
      ['m', 'sell', 10n, 99n, 1],
      ['m2', 'sell', 10n, 100n, 1],
      ['b', 'buy', 20n, 101n, 5],
    ],
  ],
  [
    // Buys pass int64 together, so accumulation saturates. The excess that is cut is too small, and makers find no takers.
    'noRoom',
    2n ** 55n,
    [
      ['b1', 'buy', 2n ** 63n - 1n, 101n, 1],
      ['b2', 'buy', 2n ** 63n - 1n, 100n, 1],
      ['s', 'sell', 2n ** 62n, 90n, 5],
    ],
  ],
  [
    // The same, and the level that is cut is shorter than the excess.
    'excess',
    2n ** 55n,
    [
      ['b1', 'buy', 2n ** 63n - 1n, 101n, 1],
      ['b2', 'buy', 10n, 100n, 1],
      ['s', 'sell', 2n ** 62n, 90n, 5],
    ],
  ],
] as const satisfies readonly (readonly [string, bigint, readonly Row[]])[]) {
  test(`a match that fails because of ${fault} with lot size ${lotSize} leaves all as it was`, () => {
    const book = bookOf(rows);
    const before = stateOf(book);
    const { found } = matched(book, { reference: 50n, lotSize, lastMatchHeight: 4 });
    assert.deepEqual([found.name, found.name === 'failed' && found.fault], ['failed', fault]);
    assert.deepEqual(stateOf(book), before);
  });
}

test('a match works on after one that failed', () => {
  const book = bookOf([
    ['b', 'buy', 10n, 100n, 1],
    ['s', 'sell', 10n, 100n, 2],
  ]);
  assert.equal(matched(book, { reference: 100n, lotSize: 1n, lastMatchHeight: 2 }).found.name, 'failed');
  assert.equal(matched(book, { reference: 100n, lotSize: 1n, lastMatchHeight: 1 }).found.name, 'matched');
  assert.equal(book.orders.size, 0);
});

test('trades come after those of the auction before, and those of a failed auction go again', () => {
  const trades = new Trades();
  const terms = { reference: 100n, lotSize: 10n, lastMatchHeight: 4 };
  const good = bookOf([
    ['b', 'buy', 10n, 100n, 5],
    ['s', 'sell', 10n, 100n, 5],
  ]);
  assert.equal(match(good.orders, terms, trades).name, 'matched');
  // The first level of makers trades, the second finds no takers: buys pass int64 together.
  const bad = bookOf([
    ['b1', 'buy', 2n ** 63n - 1n, 101n, 1],
    ['b2', 'buy', 2n ** 63n - 1n, 100n, 1],
    ['s', 'sell', 2n ** 62n, 90n, 5],
  ]);
  assert.equal(match(bad.orders, { ...terms, reference: 50n, lotSize: 2n ** 55n }, trades).name, 'failed');
  assert.deepEqual(short(good.named.trades(trades)), [['s', 'b', 100n, 10n, 'neutral']]);
});
