import {
  type BookDepth,
  type BookDiff,
  type Decimal,
  formatDecimal,
  type Level,
  parseDecimal,
} from '@dexwire/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NaiveSide } from '../../../../tests/support/naiveSide.ts';
import { DepthBook } from './depthBook.ts';

type Pair = readonly [price: string, quantity: string];

const levels = (...pairs: Pair[]): Level[] => pairs.map(([p, q]) => [parseDecimal(p), parseDecimal(q)]);
const depth = (bids: readonly Level[], asks: readonly Level[], lastUpdateId = 1): BookDepth => ({
  lastUpdateId,
  symbol: 'A_B',
  bids,
  asks,
});
const diff = (bids: readonly Level[], asks: readonly Level[] = []): BookDiff => ({
  eventType: 'depthUpdate',
  eventTime: 1,
  symbol: 'A_B',
  bids,
  asks,
});
const bookOf = (bids: readonly Level[], asks: readonly Level[] = []): DepthBook => {
  const book = new DepthBook();
  book.base(depth(bids, asks));
  return book;
};
const price = (units: number): Decimal => formatDecimal(BigInt(units), 8);
/** So many levels a side, of quantity 1, from a best price down. */
const falling = (best: number, count: number): Level[] =>
  Array.from({ length: count }, (_, rank) => [price(best - rank), parseDecimal('1.00000000')]);

describe('levels', () => {
  test('prices are ordered as numbers, whatever their texts look like', () => {
    const book = bookOf(levels(['9.00000000', '1'], ['10.00000000', '2']), levels(['100.5', '3'], ['20', '4']));
    book.apply(diff(levels(['10.0', '7'], ['9.5', '8']), levels(['099.90000000', '9'])));
    expect([...book.bids]).toEqual(levels(['10.00000000', '7'], ['9.50000000', '8'], ['9.00000000', '1']));
    expect([...book.asks]).toEqual(levels(['20.00000000', '4'], ['99.90000000', '9'], ['100.50000000', '3']));
  });

  test('a diff may be unsorted, name a price twice, and remove what was never there', () => {
    const book = bookOf(levels(['5.00000000', '1.00000000']));
    book.apply(diff(levels(['6.00000000', '1'], ['4.00000000', '0.00000000'], ['7', '0'], ['6.00000000', '2'])));
    book.apply(diff(levels(['5.00000000', '0'])));
    expect([...book.bids]).toEqual(levels(['6.00000000', '2']));
    expect(book.bids.certain).toBe(Number.POSITIVE_INFINITY);
    expect(book.diffs).toBe(2);
  });

  test('prices that no number holds exactly are told apart, and in order', () => {
    const most = 92_233_720_368n * 10n ** 8n;
    const units = fc.array(fc.bigInt({ min: most, max: most + 5000n }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(units, (some) => {
        const book = bookOf([]);
        const all = some.map((unit): Level => [formatDecimal(unit, 8), price(1)]);
        book.apply(diff(all));
        const sorted = [...new Set(some)].sort((a, b) => (a > b ? -1 : 1)).map((unit) => formatDecimal(unit, 8));
        expect([...book.bids].map(([text]) => text)).toEqual(sorted);
        book.apply(diff([[all[0]![0], parseDecimal('0')]]));
        expect([...book.bids].map(([text]) => text)).toEqual(sorted.filter((text) => text !== all[0]![0]));
      }),
    );
  });

  test('a diff of thousands of levels costs in a line with them', () => {
    const gone = falling(9000, 3000).map(([text]): Level => [text, parseDecimal('0.00000000')]);
    const book = bookOf(falling(9000, 90));
    book.apply(diff(gone));
    expect([...book.bids]).toEqual([]);
    expect(book.bids.certain).toBe(0);
  });

  test('up to the highest price there is, keys do not change the order', () => {
    const near = fc
      .tuple(fc.bigInt({ min: 1n, max: 92_233_720_368n }), fc.bigInt({ min: -2000n, max: 2000n }))
      .map(([whole, units]) => whole * 10n ** 8n + units);
    fc.assert(
      fc.property(fc.array(near, { minLength: 1, maxLength: 40 }), (some) => {
        const book = bookOf([]);
        book.apply(
          diff(
            [],
            some.map((unit): Level => [formatDecimal(unit, 8), price(1)]),
          ),
        );
        const sorted = [...new Set(some)].sort((a, b) => (a < b ? -1 : 1));
        expect([...book.asks].map(([text]) => text)).toEqual(sorted.map((unit) => formatDecimal(unit, 8)));
      }),
    );
  });

  test('a depth frame may be unsorted, name a price twice, and name what is not there', () => {
    const frame = levels(['4.0', '1'], ['6.00000000', '3'], ['5.00000000', '0'], ['4.00000000', '2']);
    const book = bookOf(frame, []);
    expect([...book.bids]).toEqual(levels(['6.00000000', '3'], ['4.00000000', '2']));
    book.check(depth(frame, [], 2));
    expect([...book.renew(depth(frame, [], 3))].map(({ size }) => size)).toEqual([0, 0]);
    expect(book.height).toBe(3);
  });

  test('a depth frame of nothing but 0, which was cut, is refused', () => {
    const none = falling(1000, 20).map(([text]): Level => [text, parseDecimal('0.00000000')]);
    expect(() => bookOf(none)).toThrow(expect.objectContaining({ code: 'BAD_LEVEL' }));
  });

  test.each(['-1.00000000', '1.000000001', '92233720368.54775808', '1000000000000000000000'])(
    'a price of %s is refused',
    (text) => {
      expect(() => bookOf([]).apply(diff(levels([text, '1'])))).toThrow(expect.objectContaining({ code: 'BAD_LEVEL' }));
    },
  );

  test.each(['-1', '-0.00000001', '1.000000001', '0.000000001'])('a quantity of %s is refused', (text) => {
    const book = bookOf(levels(['2', '1']));
    for (const take of [
      () => book.apply(diff(levels(['1', text]))),
      () => book.check(depth(levels(['2', text]), [])),
      () => book.renew(depth(levels(['2', text]), [])),
      () => bookOf(levels(['1', text])),
    ])
      expect(take).toThrow(expect.objectContaining({ code: 'BAD_LEVEL' }));
    book.cumulative('bids', 9); // and so it is in no sum
  });

  test('a bid that is not below an ask is told', () => {
    const book = bookOf(levels(['5.00000000', '1']), levels(['10.00000000', '1']));
    expect(() => book.apply(diff(levels(['10.00000000', '1'])))).toThrow(expect.objectContaining({ code: 'CROSSED' }));
  });
});

describe('certainty', () => {
  test('a depth that was cut is certain to its last level, one that was not is certain for good', () => {
    const book = bookOf(falling(1000, 20), levels(['1', '1']));
    expect([book.bids.certain, book.asks.certain]).toEqual([20, Number.POSITIVE_INFINITY]);
    book.apply(diff(levels(['0.00001001', '1'], ['0.00000999', '0'])));
    expect(book.bids.certain).toBe(20);
    book.apply(diff(levels(['0.00000001', '5'])));
    expect([book.bids.certain, [...book.bids].length]).toEqual([20, 21]);
  });

  test('a 0 beyond the best hundred is a doubt, which the quantity or a deeper depth resolves', () => {
    const book = bookOf(falling(1000, 150));
    book.apply(diff([[price(880), parseDecimal('0.00000000')]]));
    expect(book.bids.certain).toBe(120);
    expect([...book.bids].length).toBe(149);
    book.apply(diff([[price(880), parseDecimal('2.00000000')]]));
    expect(book.bids.certain).toBe(Number.POSITIVE_INFINITY);
    book.apply(diff([[price(800), parseDecimal('0.00000000')]]));
    expect(book.bids.certain).toBe(150);
    book.apply(diff([[price(900), parseDecimal('0.00000000')]]));
    expect(book.bids.certain).toBe(100);
    book.check(depth(falling(1000, 20), []));
    expect(book.bids.certain).toBe(100);
    book.base(depth(falling(1000, 150), []));
    expect(book.bids.certain).toBe(Number.POSITIVE_INFINITY);
  });

  test('a 0 among the best hundred is certain, unless the merged diff tells of so many better ones that it was not', () => {
    const book = bookOf(falling(1000, 99));
    book.apply(diff([[price(902), parseDecimal('0.00000000')]]));
    expect(book.bids.certain).toBe(Number.POSITIVE_INFINITY);
    book.apply(diff([...falling(1100, 2), [price(903), parseDecimal('0.00000000')]]));
    expect(book.bids.certain).toBe(Number.POSITIVE_INFINITY);
    const wide = bookOf(falling(1000, 102));
    const gone = [1000, 999, 998, 899].map((units): Level => [price(units), parseDecimal('0.00000000')]);
    wide.apply(diff(gone));
    expect([wide.bids.certain, [...wide.bids].length]).toEqual([98, 98]);
  });

  test('a depth frame that knows more makes the book deeper', () => {
    const book = bookOf(falling(1000, 20));
    for (let rank = 0; rank < 15; rank++) book.apply(diff([[price(1000 - rank), parseDecimal('0.00000000')]]));
    expect(book.bids.certain).toBe(5);
    book.check(depth(falling(985, 20), [], 7));
    expect([book.bids.certain, book.height, book.diffs]).toEqual([20, 7, 0]);
    book.check(depth(falling(985, 20), [], 8));
    expect(book.confirmed).toBe(2);
  });

  test.each([
    ['another quantity', levels(['5.00000000', '2'], ['4.00000000', '1'])],
    ['a level more', levels(['5.00000000', '1'], ['4.50000000', '1'], ['4.00000000', '1'])],
    ['a level less', levels(['5.00000000', '1'])],
    ['a level more at the end', levels(['5.00000000', '1'], ['4.00000000', '1'], ['3.00000000', '1'])],
  ])('a depth frame with %s is told as a drift', (_, bids) => {
    const book = bookOf(levels(['5.00000000', '1'], ['4.00000000', '1']));
    expect(() => book.check(depth(bids, []))).toThrow(expect.objectContaining({ code: 'DRIFT' }));
  });

  test('quantities are compared by value', () => {
    bookOf(levels(['5.00000000', '1'])).check(depth(levels(['5.00000000', '1.00']), []));
  });

  test('levels are bounded, and what is dropped is not certain', () => {
    const book = bookOf([]);
    book.apply(diff(falling(100_000, 6000)));
    expect([...book.bids].length).toBe(5000);
    expect(book.bids.certain).toBe(5000);
    expect(book.bids.best?.[0]).toBe(price(100_000));
  });
});

describe('figures', () => {
  const book = bookOf(
    levels(['0.00000002', '3.5'], ['0.00000001', '1']),
    levels(['0.00000005', '2'], ['0.00000007', '4']),
  );

  test('the middle is exact', () => expect(book.mid).toBe('0.000000035'));
  test('there is no middle of one side', () => expect(bookOf(levels(['1', '1'])).mid).toBeUndefined());
  test('quantities are summed from the best on', () => {
    expect(book.cumulative('bids', 5).map(({ total }) => total)).toEqual(['3.50000000', '4.50000000']);
  });
  test('the imbalance is a ratio of sums', () => {
    expect(book.imbalance(1)).toEqual({ bids: '3.50000000', asks: '2.00000000', imbalance: '0.27272727' });
    expect(bookOf([]).imbalance(1).imbalance).toBeUndefined();
  });
  test('the cost of a fill is exact, and says what it needs', () => {
    expect(book.fill('buy', 300_000_000n, 2)).toEqual({
      filled: '3.00000000',
      cost: '0.0000001700000000',
      worst: '0.00000007',
      average: '0.00000006',
      isFilled: true,
      isCertain: true,
    });
    expect(book.fill('buy', 300_000_000n, 1).isCertain).toBe(false);
    expect(book.fill('sell', 10n ** 10n, 2)).toMatchObject({ filled: '4.50000000', isFilled: false, isCertain: false });
    expect(book.fill('sell', 10n ** 10n, Number.POSITIVE_INFINITY).isCertain).toBe(true);
    expect(bookOf([]).fill('buy', 1n, 0)).toMatchObject({ filled: '0.00000000', average: undefined, worst: undefined });
  });
});

const BLOCK = fc.array(fc.tuple(fc.integer({ min: 1, max: 140 }), fc.integer({ min: 0, max: 2 })), { maxLength: 25 });
/** Blocks that one diff tells of, in which order, and which depth frame comes after it. */
const SECOND = fc.record({
  blocks: fc.array(BLOCK, { minLength: 1, maxLength: 3 }),
  order: fc.boolean(),
  frame: fc.constantFrom(0, 0, 20, 20, 100, 500),
});

test('whatever the blocks, the certain levels are those of the chain, and no depth frame contradicts them', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 140 }),
      fc.constantFrom(20, 100, 500),
      fc.array(SECOND, { maxLength: 40 }),
      (count, first, seconds) => {
        const chain = new NaiveSide();
        chain.block(new Map(Array.from({ length: count }, (_, place) => [place + 1, 1])));
        const book = bookOf(chain.best(first));
        let height = 1;
        for (const { blocks, order, frame } of seconds) {
          const told = new Map<number, number>();
          for (const block of blocks) for (const [p, q] of chain.block(new Map(block))) told.set(p, q);
          const list = [...told].map(([p, q]): Level => [price(p), price(q)]);
          book.apply(diff(order ? list : list.reverse()));
          height += blocks.length;
          if (frame === 20) book.check(depth(chain.best(20), [], height));
          else if (frame > 0) book.base(depth(chain.best(frame), [], height));
          const { certain } = book.bids;
          const all = [...book.bids];
          const known = all.slice(0, certain);
          expect(known).toEqual(chain.best(known.length));
          if (certain === Number.POSITIVE_INFINITY) expect(all.length).toBe(chain.open.size);
          else expect(known.length).toBe(certain);
          if (frame > 0)
            expect(Math.min(certain, chain.open.size)).toBeGreaterThanOrEqual(Math.min(frame, chain.open.size, 20));
        }
      },
    ),
    { numRuns: 300 },
  );
});

test('whenever a deep depth comes, the diff behind it tells all that it says otherwise', () => {
  const MERGED = fc.record({
    blocks: fc.array(BLOCK, { minLength: 1, maxLength: 3 }),
    frame: fc.constantFrom(100, 500),
    place: fc.integer({ min: 0, max: 3 }),
  });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 140 }), fc.array(MERGED, { maxLength: 20 }), (count, seconds) => {
      const chain = new NaiveSide();
      chain.block(new Map(Array.from({ length: count }, (_, at) => [at + 1, 1])));
      const book = bookOf(chain.best(500));
      for (const { blocks, frame, place } of seconds) {
        const told = new Map<number, number>();
        let unlike: ReadonlySet<Decimal> | undefined;
        for (const [at, block] of [...blocks, []].entries()) {
          if (at === Math.min(place, blocks.length)) [unlike] = book.renew(depth(chain.best(frame), []));
          for (const [p, q] of chain.block(new Map(block))) told.set(p, q);
        }
        const list = [...told].map(([p, q]): Level => [price(p), price(q)]);
        const mentioned = list.map(([text]) => text);
        expect([...unlike!].filter((text) => !mentioned.includes(text))).toEqual([]);
        book.apply(diff(list));
        const { certain } = book.bids;
        const all = [...book.bids].slice(0, certain);
        expect(all).toEqual(chain.best(all.length));
        if (certain === Number.POSITIVE_INFINITY) expect(all.length).toBe(chain.open.size);
      }
    }),
    { numRuns: 300 },
  );
});

test('a deep depth says otherwise of exactly those levels that differ, as far as both know', () => {
  const SIDE = fc.array(fc.tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 2 })), { maxLength: 250 });
  fc.assert(
    fc.property(SIDE, SIDE, fc.constantFrom(20, 100, 500), fc.constantFrom(100, 500), (ours, theirs, deep, frame) => {
      const [own, told] = [ours, theirs].map((side) => new Map(side)) as [Map<number, number>, Map<number, number>];
      const bestOf = (side: Map<number, number>, count: number): Level[] =>
        [...side]
          .sort(([a], [b]) => b - a)
          .slice(0, count)
          .map(([p, q]) => [price(p), price(q)]);
      const [first, next] = [bestOf(own, deep), bestOf(told, frame)];
      const book = bookOf(first);
      const edges = [first.length === deep && first.at(-1)![0], next.length === frame && next.at(-1)![0]];
      const [unlike] = book.renew(depth(next, []));
      const differing = Array.from({ length: 300 }, (_, at) => at + 1).filter(
        (p) => own.get(p) !== told.get(p) && edges.every((edge) => !edge || price(p) >= edge),
      );
      expect([...unlike!].sort()).toEqual(differing.map(price).sort());
      expect([...book.bids].slice(0, next.length)).toEqual(next);
      expect(book.bids.certain).toBe(next.length === frame ? frame : Number.POSITIVE_INFINITY);
    }),
  );
});

test('levels of a diff are those of a map that is sorted for each read', () => {
  const LEVELS = fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 0, max: 3 })), { maxLength: 20 });
  fc.assert(
    fc.property(fc.array(LEVELS, { maxLength: 30 }), (diffs) => {
      const book = bookOf([]);
      const naive = new Map<number, number>();
      for (const some of diffs) {
        for (const [p, q] of some) naive.set(p, q);
        book.apply(
          diff(
            [],
            some.map(([p, q]) => [price(p), price(q)]),
          ),
        );
        const sorted = [...naive].filter(([, q]) => q > 0).sort(([a], [b]) => a - b);
        expect([...book.asks]).toEqual(sorted.map(([p, q]) => [price(p), price(q)]));
      }
    }),
  );
});
