/** The auction against the rules of sections 7 to 9 once more, written straight from their text in plain bigint. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { NamedOrders } from '../../../../tests/support/namedOrders.ts';
import { type Match, match } from './match.ts';
import { NONE, type OrderSide } from './orderColumns.ts';
import { RestingOrders } from './restingOrders.ts';
import { Trades } from './trades.ts';

const MAX = 2n ** 63n - 1n;

interface Plain {
  readonly id: string;
  readonly side: OrderSide;
  readonly price: bigint;
  readonly quantity: bigint;
  readonly height: number;
  filled: bigint;
  open: bigint;
}

interface Terms {
  readonly reference: bigint;
  readonly lotSize: bigint;
  readonly lastMatchHeight: number;
}

type Outcome =
  | { readonly name: 'none' | 'failed' }
  | {
      readonly name: 'matched';
      readonly price: bigint;
      readonly trades: readonly (readonly [string, string, bigint, bigint, bigint, bigint, string])[];
      readonly filled: readonly string[];
    };

class Failure extends Error {}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);

const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n);

const saturate = (value: bigint): bigint => least(value, MAX);

/** Rounds of at most a lot each, from the first. */
const rounds = (shares: bigint[], room: readonly bigint[], rest: bigint, lot: bigint): void => {
  let left = rest;
  while (left > 0n) {
    const before = left;
    for (let i = 0; i < shares.length; i += 1) {
      const more = least(least(room[i]! - shares[i]!, left), lot);
      shares[i]! += more;
      left -= more;
    }
    if (left === before) throw new Failure();
  }
};

const byLots = (amount: bigint, weights: readonly bigint[], room: readonly bigint[], lot: bigint): bigint[] => {
  if (lot <= 0n) throw new Failure();
  const total = sum(weights);
  const shares = weights.map((weight, i) => least(lot * (((amount / lot) * weight) / total), room[i]!));
  rounds(shares, room, amount - sum(shares), lot);
  return shares;
};

const closest = (prices: readonly bigint[], target: bigint): bigint => {
  if (prices.includes(target)) return target;
  if (prices.some((price) => price > target) && prices.some((price) => price < target)) return target;
  return prices[0]! < target ? prices[0]! : prices.at(-1)!;
};

/** @param book - All orders in order of arrival. */
const auction = (book: Plain[], { reference, lotSize, lastMatchHeight }: Terms): Outcome => {
  const prices = (side: OrderSide): bigint[] => book.filter((o) => o.side === side).map((o) => o.price);
  if (prices('buy').length === 0 || prices('sell').length === 0) return { name: 'none' };
  const bestBuy = prices('buy').reduce((a, b) => (a > b ? a : b));
  const bestSell = prices('sell').reduce((a, b) => (a < b ? a : b));
  if (bestBuy < bestSell) return { name: 'none' };
  const candidates = [
    ...new Set([...prices('buy').filter((p) => p >= bestSell), ...prices('sell').filter((p) => p <= bestBuy)]),
  ];
  candidates.sort((a, b) => (a > b ? -1 : 1));
  for (const order of book) order.open = order.quantity - order.filled;
  const at = (side: OrderSide, price: bigint): Plain[] => book.filter((o) => o.side === side && o.price === price);
  const rows = candidates.map((price) => {
    const buy = saturate(sum(book.filter((o) => o.side === 'buy' && o.price >= price).map((o) => o.open)));
    const sell = saturate(sum(book.filter((o) => o.side === 'sell' && o.price <= price).map((o) => o.open)));
    return { price, buy, sell, exec: least(buy, sell), surplus: buy - sell };
  });
  const size = (value: bigint): bigint => (value < 0n ? -value : value);
  let kept = rows.filter(({ exec }) => rows.every((row) => row.exec <= exec));
  kept = kept.filter(({ surplus }) => kept.every((row) => size(row.surplus) >= size(surplus)));
  const left = kept.map(({ price }) => price);
  const choose = (): bigint => {
    if (left.length === 1) return left[0]!;
    const [high, low] = [left[0]!, left.at(-1)!];
    const isBuy = kept.every(({ surplus }) => surplus > 0n);
    if (!isBuy && !kept.every(({ surplus }) => surplus < 0n)) return closest(left, reference);
    const lower = BigInt(Math.floor(Number(reference) * (1 - 0.05)));
    const upper = BigInt(Math.ceil(Number(reference) * (1 + 0.05)));
    if (lower > high) return high;
    if (low > upper) return low;
    if (isBuy) return upper > high ? high : closest(left, upper);
    return lower < low ? low : closest(left, lower);
  };
  const price = choose();
  const chosen = kept.toReversed().find((row) => row.price >= price)!;
  const buys = candidates.filter((p) => p >= chosen.price);
  const sells = candidates.filter((p) => p <= chosen.price).toReversed();
  for (const order of book) if (!(order.side === 'buy' ? buys : sells).includes(order.price)) order.open = 0n;

  const excess = size(chosen.surplus);
  if (excess > 0n) {
    const side = chosen.surplus > 0n ? 'buy' : 'sell';
    const level = (side === 'buy' ? buys : sells).map((p) => at(side, p)).findLast((orders) => orders.length > 0)!;
    let rest = sum(level.map(({ open }) => open)) - excess;
    if (rest < 0n) throw new Failure();
    for (const height of new Set(level.map((o) => o.height))) {
      const group = level.filter((o) => o.height === height);
      const total = sum(group.map(({ open }) => open));
      if (total > rest) {
        const opens = group.map(({ open }) => open);
        const shares =
          rest === 0n ? opens.map(() => 0n) : group.length === 1 ? [rest] : byLots(rest, opens, opens, lotSize);
        group.forEach((order, i) => {
          order.open = shares[i]!;
        });
        rest = 0n;
      } else rest -= total;
    }
  }

  const isMaker = (o: Plain): boolean => o.height <= lastMatchHeight;
  const hasMaker = (side: OrderSide): boolean => book.some((o) => o.side === side && o.open > 0n && isMaker(o));
  if (hasMaker('buy') && hasMaker('sell')) throw new Failure();
  const takerSide = hasMaker('buy') ? 'sell' : 'buy';
  const makerSide = takerSide === 'buy' ? 'sell' : 'buy';
  const takers = (takerSide === 'buy' ? buys : sells).flatMap((p) =>
    at(takerSide, p)
      .filter(({ open }) => open > 0n)
      .sort((a, b) => (a.quantity > b.quantity ? -1 : a.quantity < b.quantity ? 1 : 0)),
  );
  const weights = takers.map(({ open }) => open);
  const trades: [string, string, bigint, bigint, bigint, bigint, string][] = [];
  const pair = (makers: readonly Plain[], shares: bigint[], tradePrice: bigint): void => {
    for (const maker of makers) {
      takers.forEach((taker, i) => {
        const quantity = least(maker.open, shares[i]!);
        if (quantity === 0n) return;
        shares[i]! -= quantity;
        for (const order of [maker, taker]) {
          order.open -= quantity;
          order.filled += quantity;
        }
        const [sell, buy] = takerSide === 'buy' ? [maker, taker] : [taker, maker];
        const tick = chosen.surplus < 0n ? 'sellSurplus' : chosen.surplus > 0n ? 'buySurplus' : 'neutral';
        const older = takerSide === 'buy' ? 'buyTaker' : 'sellTaker';
        const kind = maker.height < taker.height ? older : tick;
        trades.push([sell.id, buy.id, tradePrice, quantity, sell.filled, buy.filled, kind]);
      });
    }
  };
  const makerLevels = (makerSide === 'buy' ? buys : sells).map((p) => at(makerSide, p));
  for (const level of makerLevels) {
    const makers = level.filter((o) => isMaker(o) && o.open > 0n);
    if (makers.length === 0 || makers[0]!.price === price) continue;
    const amount = sum(makers.map(({ open }) => open));
    pair(
      makers,
      byLots(
        amount,
        weights,
        takers.map(({ open }) => open),
        lotSize,
      ),
      makers[0]!.price,
    );
  }
  const rest = takers.map(({ open }) => open);
  for (const level of makerLevels) pair(level, rest, price);
  const filled = candidates.flatMap((p) => [...at('buy', p), ...at('sell', p)]).filter((o) => o.filled === o.quantity);
  return { name: 'matched', price, trades, filled: filled.map(({ id }) => id) };
};

const outcome = (found: Match, trades: Trades, named: NamedOrders): Outcome =>
  found.name !== 'matched'
    ? { name: found.name }
    : {
        name: 'matched',
        price: found.price,
        trades: named
          .trades(trades)
          .map((t) => [t.sell, t.buy, t.price, t.quantity, t.sellFilled, t.buyFilled, t.tick]),
        filled: named.idsOf(found.filled),
      };

const listOf = (orders: RestingOrders, named: NamedOrders): unknown[] =>
  (['buy', 'sell'] as const).flatMap((side) =>
    orders.ranked(side).flatMap((level) => {
      const list = named.onLevel(level);
      assert.equal(named.columns.levels.open[level], sum(list.map(({ quantity, filled }) => quantity - filled)));
      return list.map(({ id, filled }) => [id, filled]);
    }),
  );

const plainList = (book: readonly Plain[]): unknown[] =>
  (['buy', 'sell'] as const).flatMap((side) =>
    book
      .filter((o) => o.side === side)
      .sort((a, b) => (a.price === b.price ? 0 : a.price > b.price === (side === 'buy') ? -1 : 1))
      .map(({ id, filled }) => [id, filled]),
  );

interface Scale {
  readonly quantity: fc.Arbitrary<bigint>;
  readonly lotSize: bigint;
  readonly price: fc.Arbitrary<bigint>;
  readonly reference: bigint;
}

const lots = (lotSize: bigint, most: bigint): fc.Arbitrary<bigint> =>
  fc.bigInt(1n, most).map((count) => count * lotSize);

const SCALES: Readonly<Record<string, Scale>> = {
  'small numbers and few lots': {
    quantity: lots(10n, 30n),
    lotSize: 10n,
    price: fc.bigInt(94n, 106n),
    reference: 100n,
  },
  'odd quantities': {
    quantity: fc.bigInt(1n, 300n),
    lotSize: 10n,
    price: fc.bigInt(97n, 103n),
    reference: 100n,
  },
  'amounts of a real market': {
    quantity: lots(100_000n, 10n ** 10n),
    lotSize: 100_000n,
    price: fc.bigInt(-9n, 9n).map((step) => 123_456_789n + step * 1_000_000n),
    reference: 123_456_789n,
  },
  'amounts near the end of int64, which totals pass': {
    quantity: fc.oneof(fc.bigInt(1n, MAX), fc.bigInt(MAX / 8n, MAX / 2n), fc.bigInt(1n, 100n)),
    lotSize: 2n ** 54n,
    price: fc.bigInt(1n, 9n),
    reference: 5n,
  },
  'one price': { quantity: lots(10n, 30n), lotSize: 10n, price: fc.constant(100n), reference: 100n },
};

interface New {
  readonly side: OrderSide;
  readonly price: bigint;
  readonly quantity: bigint;
  /** How many blocks later than the order before it; within a round, as mini pairs have them. */
  readonly later: number;
}

const newOrder = ({ price, quantity }: Scale, later: fc.Arbitrary<number>): fc.Arbitrary<New> =>
  fc.record({ side: fc.constantFrom<OrderSide>('buy', 'sell'), price, quantity, later });

/** Entry refuses what a level cannot hold, and nobody sells more of an asset than there is. Buys may pass int64. */
const canHold = (orders: RestingOrders, side: OrderSide, price: bigint, quantity: bigint): boolean => {
  const there = side === 'buy' ? orders.openAt(side, price) : sum(orders.levels(side, 99).map(([, open]) => open));
  return there + quantity <= MAX;
};

/** Whether no total passes int64. If one does, accumulation saturates and may hide that more would trade. */
const isExact = (orders: RestingOrders): boolean => sum(orders.levels('buy', 99).map(([, open]) => open)) <= MAX;

/** What must hold after a match, whatever the rules of sharing. */
const checkInvariants = (found: Match, trades: Trades, orders: RestingOrders, terms: Terms, isExact: boolean): void => {
  const { columns } = orders;
  const { price: prices, quantity: quantities, filled: fills, height: heights, levels } = columns;
  for (const side of ['buy', 'sell'] as const) {
    for (const order of orders.ordersOf(side)) {
      assert(fills[order]! >= 0n && fills[order]! < quantities[order]!, 'filled orders leave');
    }
  }
  if (found.name !== 'matched') return;
  const [bid, ask] = [orders.best('buy'), orders.best('sell')];
  if (isExact && bid !== NONE && ask !== NONE) {
    assert(levels.price[bid]! < levels.price[ask]!, 'the book is not crossed');
  }
  const last = new Map<number, bigint>();
  for (let row = 0; row < trades.length; row += 1) {
    const [sell, buy] = [trades.sell[row]!, trades.buy[row]!];
    const [price, quantity] = [trades.price[row]!, trades.quantity[row]!];
    const isBetween = prices[sell]! <= price && price <= prices[buy]!;
    assert(quantity > 0n && isBetween, 'nobody trades beyond its own price');
    if (price !== found.price) {
      const maker = heights[sell]! <= terms.lastMatchHeight ? sell : buy;
      const isMaker = heights[maker]! <= terms.lastMatchHeight;
      assert(isMaker && price === prices[maker], 'in round one makers get their own price');
    }
    for (const [order, filled] of [
      [sell, trades.sellFilled[row]!],
      [buy, trades.buyFilled[row]!],
    ] as const) {
      if (last.has(order)) assert.equal(filled, last.get(order)! + quantity);
      last.set(order, filled);
      assert(filled <= quantities[order]!, 'nobody gets more than it asked for');
    }
  }
  for (const [order, filled] of last) assert.equal(fills[order], filled, 'orders tell what the trades add up to');
};

for (const [title, scale] of Object.entries(SCALES)) {
  test(`block by block the auction agrees with the plain rules: ${title}`, () => {
    const blocks = fc.array(fc.array(newOrder(scale, fc.constantFrom(0, 0, 0, 1)), { maxLength: 12 }), {
      minLength: 1,
      maxLength: 6,
    });
    let matched = 0;
    fc.assert(
      fc.property(blocks, (rounds) => {
        const named = new NamedOrders();
        const orders = new RestingOrders(named.columns);
        let plain: Plain[] = [];
        let height = 1;
        let terms: Terms = { reference: scale.reference, lotSize: scale.lotSize, lastMatchHeight: 0 };
        for (const round of rounds) {
          for (const { side, price, quantity, later } of round) {
            height += later;
            if (!canHold(orders, side, price, quantity)) continue;
            const id = `${height}-${plain.length}-${orders.size}`;
            orders.insert(named.make(id, side, price, quantity, height));
            plain.push({ id, side, price, quantity, height, filled: 0n, open: 0n });
          }
          const before = plain.map((order) => ({ ...order }));
          let expected: Outcome;
          try {
            expected = auction(plain, terms);
          } catch (error) {
            if (!(error instanceof Failure)) throw error;
            expected = { name: 'failed' };
            plain = before;
          }
          const exact = isExact(orders);
          const trades = new Trades();
          const found = match(orders, terms, trades);
          assert.deepEqual(outcome(found, trades, named), expected);
          plain = plain.filter((order) => order.filled < order.quantity);
          assert.deepEqual(listOf(orders, named), plainList(plain));
          checkInvariants(found, trades, orders, terms, exact);
          if (found.name === 'failed') return;
          if (found.name === 'matched') {
            matched += 1;
            terms = { ...terms, reference: found.price };
          }
          terms = { ...terms, lastMatchHeight: height };
          height += 1;
        }
      }),
      { numRuns: 1_000 },
    );
    assert(matched > 100, 'the input must lead to trades');
  });

  test(`in books that no block leaves behind the auction agrees too, failures included: ${title}`, () => {
    const book = fc.array(newOrder(scale, fc.constantFrom(0, 0, 0, 0, 0, 1, 1)), { minLength: 2, maxLength: 14 });
    fc.assert(
      fc.property(book, fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 12 }), (rows, last, lotless) => {
        const named = new NamedOrders();
        const orders = new RestingOrders(named.columns);
        const plain: Plain[] = [];
        let height = 1;
        for (const { side, price, quantity, later } of rows) {
          height += later;
          if (!canHold(orders, side, price, quantity)) continue;
          const id = String(plain.length);
          orders.insert(named.make(id, side, price, quantity, height));
          plain.push({ id, side, price, quantity, height, filled: 0n, open: 0n });
        }
        const { reference } = scale;
        const terms = { reference, lotSize: lotless === 0 ? 0n : scale.lotSize, lastMatchHeight: last };
        const before = listOf(orders, named);
        let expected: Outcome;
        try {
          expected = auction(plain, terms);
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          expected = { name: 'failed' };
        }
        const exact = isExact(orders);
        const trades = new Trades();
        const found = match(orders, terms, trades);
        assert.deepEqual(outcome(found, trades, named), expected);
        if (found.name !== 'matched') assert.deepEqual(listOf(orders, named), before);
        else checkInvariants(found, trades, orders, terms, exact);
      }),
      { numRuns: 1_500 },
    );
  });
}
