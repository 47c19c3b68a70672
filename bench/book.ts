/**
 * Order book: diffs applied per second, each with a look at the best two levels behind it, against the books of npm on the
 * same diffs: decoded, so that prices and quantities are the wire's texts. All must come to the same book.
 * Out: for three sizes of a book, rows against the fastest; the others with texts turned into numbers beforehand, which is
 * work that whoever feeds them has to do; how the cost changes with the levels.
 */
import { isDeepStrictEqual } from 'node:util';
import {
  type BookDepth,
  type BookDiff,
  decode,
  encode,
  formatDecimal,
  type Level,
  marketDepth,
  marketDiff,
} from '@dexwire/protocol';
import { OrderBookLevel, OrderBook as OrderBooksBook } from 'orderbooks';
import { OrderBook as TardisBook } from 'tardis-dev';
import { DepthBook } from '../packages/client/src/orderBook/depthBook.ts';
import { seeded } from './frames.ts';
import { besides, geometricMean, machine, type Ratio, type Result, type Row, sink } from './measure.ts';
import { OrderBook as CcxtBook } from './node_modules/ccxt/js/src/base/ws/OrderBook.js';

const SIZES = [20, 100, 500] as const;
const DIFFS = 2000;

type Numbers = readonly (readonly [price: number, quantity: number])[];
interface Flow {
  readonly base: BookDepth;
  readonly diffs: readonly BookDiff[];
  readonly numbers: readonly { readonly bids: Numbers; readonly asks: Numbers }[];
}

/**
 * A book of so many levels a side, and diffs as the chain sends them: some levels change, come and go, most of them near
 * the best; unsorted, in the second's order; the middle wanders. Each frame has been a text.
 */
const flowOf = (size: number): Flow => {
  const random = seeded(7);
  const below = (limit: number): number => Math.floor(random() * limit);
  const open = { bids: new Map<number, number>(), asks: new Map<number, number>() };
  let middle = 1_000_000;
  const levelsOf = (side: 'bids' | 'asks', changes: Iterable<readonly [number, number]>): Level[] =>
    Array.from(changes, ([price, quantity]) => {
      if (quantity) open[side].set(price, quantity);
      else open[side].delete(price);
      return [formatDecimal(BigInt(price), 8), formatDecimal(BigInt(quantity), 8)];
    });
  const at = (side: 'bids' | 'asks', rank: number): number => (side === 'bids' ? middle - 1 - rank : middle + 1 + rank);
  const quantity = (): number => (1 + below(100_000)) * 1_000_000;
  const start = (side: 'bids' | 'asks'): Level[] =>
    levelsOf(
      side,
      Array.from({ length: size }, (_, rank) => [at(side, rank), quantity()] as const),
    );
  const first: BookDepth = { lastUpdateId: 1, symbol: 'BNB_BTCB-1DE', bids: start('bids'), asks: start('asks') };
  const changesOf = (side: 'bids' | 'asks', step: number): Map<number, number> => {
    const changes = new Map<number, number>();
    for (let count = 2 + below(12); count > 0; count--) {
      const price = at(side, Math.floor(random() ** 3 * size));
      changes.set(price, open[side].has(price) && random() < 0.4 ? 0 : quantity());
    }
    // The middle has moved: what it passed is gone, and levels open at the far end of the other side.
    const passed = side === 'bids' ? step < 0 : step > 0;
    if (step && passed) for (const price of open[side].keys()) if ((price - middle) * step <= 0) changes.set(price, 0);
    for (const price of open[side].keys()) if (Math.abs(price - middle) > size) changes.set(price, 0);
    return changes;
  };
  const diffs: BookDiff[] = [];
  for (let second = 0; second < DIFFS; second++) {
    const step = below(3) - 1;
    middle += step;
    const [bids, asks] = [changesOf('bids', step), changesOf('asks', step)];
    const frame: BookDiff = {
      eventType: 'depthUpdate',
      eventTime: 1_561_939_000 + second,
      symbol: 'BNB_BTCB-1DE',
      bids: levelsOf('bids', bids),
      asks: levelsOf('asks', asks),
    };
    diffs.push(decode(marketDiff, encode(marketDiff, frame)));
  }
  const numbersOf = (levels: readonly Level[]): Numbers => levels.map(([p, q]) => [Number(p), Number(q)]);
  return {
    base: decode(marketDepth(500), encode(marketDepth(500), first)),
    diffs,
    numbers: diffs.map(({ bids, asks }) => ({ bids: numbersOf(bids), asks: numbersOf(asks) })),
  };
};

interface Contender {
  /** Applies all diffs to the base, and looks at the best two after each. */
  run(): void;
  /** The book that this came to, best first. */
  result(): { readonly bids: Numbers; readonly asks: Numbers };
}

const numbersOf = (levels: Iterable<readonly [unknown, unknown]>): Numbers =>
  Array.from(levels, ([p, q]) => [Number(p), Number(q)] as const);

const dexwire = ({ base, diffs }: Flow): Contender => {
  let book = new DepthBook();
  return {
    run: () => {
      book = new DepthBook();
      book.base(base);
      for (const diff of diffs) {
        book.apply(diff);
        sink.value = book.bids.best;
        sink.value = book.asks.best;
      }
    },
    result: () => ({ bids: numbersOf(book.bids), asks: numbersOf(book.asks) }),
  };
};

/** @param given - Its levels as numbers; without them it turns the texts into numbers as they come. */
const ccxt = ({ base, diffs }: Flow, given?: Flow['numbers']): Contender => {
  let book = new CcxtBook({}, 5000);
  const store = (side: { storeArray(level: number[]): void }, levels: readonly Level[]): void => {
    for (const [price, quantity] of levels) side.storeArray([Number(price), Number(quantity)]);
  };
  return {
    run: () => {
      book = new CcxtBook({}, 5000);
      store(book.bids, base.bids);
      store(book.asks, base.asks);
      for (const [place, diff] of diffs.entries()) {
        const numbers = given?.[place];
        if (numbers) {
          for (const [price, quantity] of numbers.bids) book.bids.storeArray([price, quantity]);
          for (const [price, quantity] of numbers.asks) book.asks.storeArray([price, quantity]);
        } else {
          store(book.bids, diff.bids);
          store(book.asks, diff.asks);
        }
        sink.value = book.bids[0];
        sink.value = book.asks[0];
      }
    },
    result: () => ({ bids: numbersOf(book.bids), asks: numbersOf(book.asks) }),
  };
};

type TardisChange = Parameters<TardisBook['update']>[0];

const tardis = ({ base, diffs }: Flow): Contender => {
  let book = new TardisBook();
  const change = (from: { readonly bids: readonly Level[]; readonly asks: readonly Level[] }, isSnapshot: boolean) =>
    ({
      isSnapshot,
      bids: from.bids.map(([p, q]) => ({ price: Number(p), amount: Number(q) })),
      asks: from.asks.map(([p, q]) => ({ price: Number(p), amount: Number(q) })),
    }) as TardisChange;
  const of = (levels: Iterable<{ price: number; amount: number }>): Numbers =>
    Array.from(levels, ({ price, amount }) => [price, amount] as const);
  return {
    run: () => {
      book = new TardisBook();
      book.update(change(base, true));
      for (const diff of diffs) {
        book.update(change(diff, false));
        sink.value = book.bestBid();
        sink.value = book.bestAsk();
      }
    },
    result: () => ({ bids: of(book.bids()), asks: of(book.asks()) }),
  };
};

const orderbooks = ({ base, diffs }: Flow): Contender => {
  let book = new OrderBooksBook('S', { maxDepth: 5000 });
  const levels = (from: readonly Level[], side: 'Buy' | 'Sell', isGone?: boolean) =>
    from.flatMap(([p, q]) => {
      const quantity = Number(q);
      return isGone === undefined || (quantity === 0) === isGone
        ? [OrderBookLevel('S', Number(p), side, quantity)]
        : [];
    });
  const both = (from: { readonly bids: readonly Level[]; readonly asks: readonly Level[] }, isGone?: boolean) => [
    ...levels(from.bids, 'Buy', isGone),
    ...levels(from.asks, 'Sell', isGone),
  ];
  return {
    run: () => {
      book = new OrderBooksBook('S', { maxDepth: 5000 });
      book.handleSnapshot(both(base));
      for (const diff of diffs) {
        book.handleDelta(both(diff, true), both(diff, false));
        sink.value = book.getBestBid();
        sink.value = book.getBestAsk();
      }
    },
    result: () => {
      const all = book.getBookState();
      const of = (side: string): [number, number][] =>
        all.filter((level) => level[2] === side).map((level) => [level[1], level[3]]);
      return { bids: of('Buy'), asks: of('Sell').reverse() };
    },
  };
};

const rows: Row[] = [];
const means = new Map<string, Ratio[]>();
const speeds: number[] = [];
for (const size of SIZES) {
  const flow = flowOf(size);
  const ours = dexwire(flow);
  const contenders: Record<string, Contender> = {
    ccxt: ccxt(flow),
    'ccxt, given numbers': ccxt(flow, flow.numbers),
    'tardis-dev': tardis(flow),
    orderbooks: orderbooks(flow),
  };
  ours.run();
  for (const [name, contender] of Object.entries(contenders)) {
    contender.run();
    if (!isDeepStrictEqual(contender.result(), ours.result()))
      throw new Error(`${name}: another book at ${size} levels`);
    const { ratio, perSecond, barPerSecond } = besides(ours.run, contender.run, { pairs: 11 });
    rows.push({
      contender: `dexwire, ${size} levels a side`,
      against: name,
      ratio,
      figures: { 'diffs/s': perSecond * DIFFS, 'of the bar': barPerSecond * DIFFS },
    });
    means.set(name, [...(means.get(name) ?? []), ratio]);
    if (name === 'tardis-dev') {
      const { ratio: peers } = besides(contender.run, contenders.ccxt!.run, { pairs: 11 });
      rows.push({ contender: `tardis-dev, ${size} levels a side`, against: 'ccxt', ratio: peers });
    }
    if (name === 'ccxt') speeds.push(perSecond);
  }
}
const summary = [...means].map(
  ([against, ratios]): Row => ({
    contender: 'dexwire',
    against,
    ratio: geometricMean(ratios),
  }),
);
const slope = speeds.at(-1)! / speeds[0]!;
const result: Result = {
  bench: 'book',
  machine: machine(),
  rows: [
    ...summary,
    ...rows,
    {
      contender: `dexwire, ${SIZES.at(-1)} levels a side`,
      against: `${SIZES[0]} levels a side`,
      ratio: { median: slope, min: slope, max: slope },
    },
  ],
};
console.log(JSON.stringify(result));
