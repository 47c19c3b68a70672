/**
 * Cases of kind `engine`: the steps of an auction one by one, whole auctions, and auctions block by block.
 * In: cases. Out: their differences.
 */

import {
  auctionPrice,
  closestTo,
  leastSurplus,
  mostExecuted,
  underPressure,
} from '../../packages/node/src/matching/auctionPrice.ts';
import { accumulate, Candidates, candidatesOf, mergeLevels } from '../../packages/node/src/matching/candidates.ts';
import { fill } from '../../packages/node/src/matching/fill.ts';
import { type MatchTerms, match, removeFilled } from '../../packages/node/src/matching/match.ts';
import { NONE, type OrderSide } from '../../packages/node/src/matching/orderColumns.ts';
import { Parts, sumOf } from '../../packages/node/src/matching/parts.ts';
import type { Level } from '../../packages/node/src/matching/priceLevels.ts';
import { largestOf, type MatchFault, shareByLots } from '../../packages/node/src/matching/sharing.ts';
import { takerListOf, takerSideOf, takersOfLevel } from '../../packages/node/src/matching/takers.ts';
import { Trades } from '../../packages/node/src/matching/trades.ts';
import { allocate, type Cut, cutFrom, cutOf, keepOnly } from '../../packages/node/src/matching/trimming.ts';
import type { TickType } from '../../packages/protocol/src/streams/trades.ts';
import { NamedOrders } from '../support/namedOrders.ts';
import { Book, type BookJson, bookJson, bookOf, findOrder, levelOf, type OrderJson } from './book.ts';
import { type CaseKinds, type CaseRunner, expecting } from './case.ts';

interface SidesJson {
  readonly price: string;
  readonly buys: readonly OrderJson[];
  readonly sells: readonly OrderJson[];
}

interface TakersJson {
  readonly price: string;
  readonly takerStart: number;
  readonly orders: readonly OrderJson[];
}

const TICKS: Readonly<Record<TickType, string>> = {
  unknown: 'Unknown',
  sellTaker: 'SellTaker',
  buyTaker: 'BuyTaker',
  buySurplus: 'BuySurplus',
  sellSurplus: 'SellSurplus',
  neutral: 'Neutral',
};

const column = (values: readonly string[]): BigInt64Array => BigInt64Array.from(values, BigInt);

const texts = (values: Iterable<bigint>): string[] => Array.from(values, String);

const otherSide = (side: OrderSide): OrderSide => (side === 'buy' ? 'sell' : 'buy');

/** Parts whose orders have names. */
class NamedParts extends Parts {
  readonly named: NamedOrders;

  constructor(named = new NamedOrders()) {
    super(named.columns);
    this.named = named;
  }
}

/** Adds a run with what the case says is open. */
const addRun = (parts: NamedParts, side: OrderSide, price: string, orders: readonly OrderJson[]): void => {
  const start = parts.length;
  parts.add(side, levelOf(parts.named, side, price, orders));
  orders.forEach(({ open }, at) => {
    if (open !== undefined) parts.open[start + at] = BigInt(open);
  });
};

const partsOf = (levels: readonly SidesJson[]): NamedParts => {
  const parts = new NamedParts();
  for (const { price, buys, sells } of levels) {
    addRun(parts, 'buy', price, buys);
    addRun(parts, 'sell', price, sells);
  }
  return parts;
};

/** Runs of one side alone, split as the case says. */
const splitPartsOf = (side: OrderSide, levels: readonly TakersJson[]): NamedParts => {
  const parts = new NamedParts();
  for (const { price, orders, takerStart } of levels) {
    addRun(parts, side, price, orders);
    const run = parts.runs(side).at(-1)!;
    run.takers = run.start + takerStart;
    for (let part = run.start; part < run.takers; part += 1) run.makerOpen += parts.open[part]!;
  }
  return parts;
};

const opens = (parts: NamedParts, side: OrderSide, at: number): string[] => {
  const { start, end } = parts.runs(side)[at]!;
  return texts(parts.open.subarray(start, end));
};

const openOf = (parts: NamedParts, side: OrderSide, at: number): bigint => {
  const { start, end } = parts.runs(side)[at]!;
  return sumOf(parts.open, start, end);
};

/** @returns Whether it could be done. */
const trim = (parts: NamedParts, cut: Cut | MatchFault | undefined, lotSize: string): boolean => {
  if (typeof cut === 'string') return false;
  return cut === undefined || keepOnly(parts, parts.runs(cut.side)[cut.at]!, cut.keep, BigInt(lotSize)) === undefined;
};

const takersJson = (parts: NamedParts, takers: readonly number[]): unknown => {
  const { open, order, named } = parts;
  return {
    orders: takers.map((part) => ({ id: named.idOf(order[part]!), open: String(open[part]) })),
    total: String(takers.reduce((total, part) => total + open[part]!, 0n)),
  };
};

const tradesJson = (named: NamedOrders, trades: Trades): unknown =>
  named.trades(trades).map(({ sell, buy, price, quantity, sellFilled, buyFilled, tick }) => ({
    seller: sell,
    buyer: buy,
    price: String(price),
    qty: String(quantity),
    buyerCum: String(buyFilled),
    sellerCum: String(sellFilled),
    tick: TICKS[tick],
  }));

/** The rows of candidates. */
const rows = (candidates: Candidates): { price: bigint; buys: Level; sells: Level }[] =>
  Array.from({ length: candidates.length }, (_, row) => ({
    price: candidates.price[row]!,
    buys: candidates.buys[row]!,
    sells: candidates.sells[row]!,
  }));

const ids = (named: NamedOrders, level: Level): string[] =>
  level === NONE ? [] : named.onLevel(level).map(({ id }) => id);

/** Matches a book. */
const matchJson = (
  book: Book,
  terms: MatchTerms,
): Record<string, unknown> & { readonly ok: boolean; readonly lastPrice: string } => {
  const { named } = book;
  const overlappedLevels = candidatesOf(book, undefined, true).length;
  const trades = new Trades();
  const found = match(book, terms, trades);
  return {
    ok: found.name !== 'failed',
    lastPrice: String(found.name === 'matched' ? found.price : terms.reference),
    overlappedLevels,
    trades: tradesJson(named, trades),
    filled: found.name === 'matched' ? named.idsOf(found.filled) : [],
    book: bookJson(book),
    bookAfter: bookJson(book),
  };
};

interface BlockJson {
  readonly height: number;
  readonly orders?: readonly (OrderJson & { readonly side: OrderSide; readonly price: string })[];
  readonly cancels?: readonly { readonly id: string; readonly side: OrderSide; readonly price: string }[];
}

/** A runner of a step that may fail: the text of an error is the original's own; that there is one is what counts. */
const mayFail = <Input>(run: (input: Input) => Record<string, unknown> & { readonly ok: boolean }): CaseRunner => {
  return (one) => {
    const { error } = (one.expect ?? {}) as { readonly error?: unknown };
    return expecting((input: Input) => {
      const found = run(input);
      return found.ok || error === undefined ? found : { ...found, error };
    })(one);
  };
};

/** Steps on the way to the price (matching rules §7). */
const priceCases: CaseKinds = {
  'engine.overlap': expecting((input: { book: BookJson }) => {
    const book = bookOf(input.book);
    return {
      levels: rows(candidatesOf(book, undefined, true)).map(({ price, buys, sells }) => ({
        price: String(price),
        buys: ids(book.named, buys),
        sells: ids(book.named, sells),
      })),
    };
  }),
  'engine.mergeLevels': expecting(
    (input: Record<'buys' | 'sells', readonly { readonly price: string; readonly orders: number }[]>) => {
      const named = new NamedOrders();
      const some = (side: OrderSide, told: typeof input.buys): { levels: Int32Array; length: number } => ({
        levels: Int32Array.from(told, ({ price, orders }) =>
          levelOf(
            named,
            side,
            price,
            Array.from({ length: orders }, (_, at) => ({ id: String(at), time: 1, qty: '1' })),
          ),
        ),
        length: told.length,
      });
      const { levels } = named.columns;
      const candidates = mergeLevels(levels, some('buy', input.buys), some('sell', input.sells), new Candidates());
      const countOf = (level: Level): number => (level === NONE ? 0 : levels.count[level]!);
      return {
        levels: rows(candidates).map(({ price, buys, sells }) => ({
          price: String(price),
          buyOrders: countOf(buys),
          sellOrders: countOf(sells),
        })),
      };
    },
  ),
  'engine.accumulate': expecting((input: { levels: readonly SidesJson[] }) => {
    const named = new NamedOrders();
    const { levels } = named.columns;
    const candidates = new Candidates();
    candidates.reset(input.levels.length);
    candidates.length = input.levels.length;
    input.levels.forEach(({ price, buys, sells }, row) => {
      candidates.price[row] = BigInt(price);
      candidates.buys[row] = levelOf(named, 'buy', price, buys);
      candidates.sells[row] = levelOf(named, 'sell', price, sells);
    });
    const { buyTotal, sellTotal, exec, surplus } = accumulate(levels, candidates);
    return {
      levels: rows(candidates).map(({ price, buys, sells }, at) => ({
        price: String(price),
        buyTotal: String(levels.open[buys]),
        sellTotal: String(levels.open[sells]),
        accBuy: String(buyTotal[at]),
        accSell: String(sellTotal[at]),
        exec: String(exec[at]),
        surplus: String(surplus[at]),
      })),
    };
  }),
  'engine.maxExec': expecting((input: { exec: readonly string[] }) => {
    const { value, index } = mostExecuted(column(input.exec));
    return { value: String(value), index };
  }),
  'engine.leastSurplus': expecting((input: { surplus: readonly string[]; candidates: readonly number[] }) => {
    const { value, index, surplus } = leastSurplus(column(input.surplus), input.candidates);
    return { value: String(value), index, surplus: texts(surplus) };
  }),
  'engine.closeToReference': expecting(
    (input: { prices: readonly string[]; index: readonly number[]; ref: string }) => {
      const { price, index } = closestTo(column(input.prices), input.index, BigInt(input.ref));
      return { price: String(price), index };
    },
  ),
  'engine.marketPressure': expecting(
    (input: { side: OrderSide; prices: readonly string[]; index: readonly number[]; ref: string; limit: number }) => {
      const { side, prices, ref, limit } = input;
      const { price, index } = underPressure(side, column(prices), input.index, BigInt(ref), limit);
      return { price: String(price), index };
    },
  ),
  'engine.executionPrice': expecting(
    (input: {
      levels: readonly { readonly price: string; readonly exec: string; readonly surplus: string }[];
      ref: string;
      limit: number;
    }) => {
      const columns = {
        length: input.levels.length,
        price: column(input.levels.map(({ price }) => price)),
        exec: column(input.levels.map(({ exec }) => exec)),
        surplus: column(input.levels.map(({ surplus }) => surplus)),
      };
      const { price, index } = auctionPrice(columns, BigInt(input.ref), input.limit);
      return { price: String(price), index };
    },
  ),
};

/** Steps from the price to the trades (matching rules §8, §9). */
const tradeCases: CaseKinds = {
  'engine.allocate': mayFail((input: { toAllocate: string; lotSize: string; orders: readonly OrderJson[] }) => {
    const parts = new NamedParts();
    addRun(parts, 'buy', '1', input.orders);
    const before = BigInt(input.toAllocate);
    const left = allocate(parts, 0, input.orders.length, before, BigInt(input.lotSize));
    const ok = typeof left === 'bigint';
    return { ok, remaining: String(ok ? left : before), open: opens(parts, 'buy', 0) };
  }),
  'engine.dropRedundant': mayFail((input: { toDrop: string; lotSize: string; orders: readonly OrderJson[] }) => {
    const parts = new NamedParts();
    addRun(parts, 'buy', '1', input.orders);
    const cut = cutFrom('buy', 0, openOf(parts, 'buy', 0), BigInt(input.toDrop));
    return { ok: trim(parts, cut, input.lotSize), open: opens(parts, 'buy', 0) };
  }),
  'engine.dropRedundantLevels': mayFail(
    (input: {
      index: number;
      lotSize: string;
      levels: readonly (SidesJson & { readonly accBuy: string; readonly accSell: string; readonly exec: string })[];
    }) => {
      const { levels, index, lotSize } = input;
      const parts = partsOf(levels);
      const totals = {
        length: levels.length,
        buyTotal: column(levels.map(({ accBuy }) => accBuy)),
        sellTotal: column(levels.map(({ accSell }) => accSell)),
        exec: column(levels.map(({ exec }) => exec)),
      };
      return {
        ok: trim(
          parts,
          cutOf(index, totals, (side, at) => openOf(parts, side, at)),
          lotSize,
        ),
        levels: levels.map(({ price }, at) => ({
          price,
          buyOpen: opens(parts, 'buy', at),
          sellOpen: opens(parts, 'sell', at),
        })),
      };
    },
  ),
  'engine.takerSide': (one) => {
    const failing = (one.expect as { readonly error?: unknown }).error;
    return expecting((input: { index: number; lastMatchHeight: number; levels: readonly SidesJson[] }) => {
      const parts = partsOf(input.levels);
      const side = takerSideOf(parts, input.levels.length, input.index, input.lastMatchHeight);
      return {
        // The text of the error is the original's own; that there is one is what counts.
        ...(side === 'makersOnBothSides' ? { error: failing ?? side } : { side }),
        levels: input.levels.map(({ price }, at) => {
          const buys = parts.buys[at]!;
          const sells = parts.sells[at]!;
          return {
            price,
            buyTakerStart: buys.takers - buys.start,
            buyMakerTotal: String(buys.makerOpen),
            sellTakerStart: sells.takers - sells.start,
            sellMakerTotal: String(sells.makerOpen),
          };
        }),
      };
    })(one);
  },
  'engine.mergeTakerLevel': expecting((input: { side: OrderSide; levels: readonly TakersJson[] }) => {
    const parts = splitPartsOf(input.side, input.levels);
    return takersJson(
      parts,
      parts.runs(input.side).flatMap((run) => takersOfLevel(parts, run)),
    );
  }),
  'engine.mergeTakers': expecting((input: { side: OrderSide; levels: readonly TakersJson[]; index: number }) => {
    const parts = splitPartsOf(input.side, input.levels);
    return takersJson(parts, takerListOf(parts, input.levels.length, input.side, input.index));
  }),
  'engine.takerShare': mayFail(
    (input: {
      makerQty: string;
      lotSize: string;
      totalTakerQty: string;
      takers: readonly { readonly original: string; readonly open: string }[];
    }) => {
      const { length } = input.takers;
      const weight = column(input.takers.map(({ original }) => original));
      const room = column(input.takers.map(({ open }) => open));
      const share = new BigInt64Array(length);
      const fault = shareByLots(
        { start: 0, end: length, weight, room, share },
        BigInt(input.makerQty),
        BigInt(input.lotSize),
        BigInt(input.totalTakerQty),
        largestOf(weight, 0, length),
      );
      return { ok: fault === undefined, fill: texts(share) };
    },
  ),
  'engine.fillNew': mayFail(
    (input: {
      takerSide: OrderSide;
      price: string;
      surplus: string;
      index: number;
      lotSize: string;
      takers: readonly OrderJson[];
      makerLevels: readonly TakersJson[];
    }) => {
      const { takerSide, price, index, makerLevels } = input;
      const parts = splitPartsOf(otherSide(takerSide), makerLevels);
      addRun(parts, takerSide, price, input.takers);
      const { start, end } = parts.runs(takerSide)[0]!;
      const takers = Array.from({ length: end - start }, (_, at) => start + at);
      const prices = column(makerLevels.map((level) => level.price));
      const trades = new Trades();
      const terms = {
        count: makerLevels.length,
        takerSide,
        price: BigInt(price),
        index,
        surplus: BigInt(input.surplus),
        lotSize: BigInt(input.lotSize),
      };
      const fault = fill(parts, prices, takers, terms, trades);
      return { ok: fault === undefined, trades: fault === undefined ? tradesJson(parts.named, trades) : [] };
    },
  ),
};

/** Whole auctions. */
const matchCases: CaseKinds = {
  'engine.match': mayFail((input: { book: BookJson; lastPrice: string; lotSize: string; lastMatchHeight: number }) => {
    const book = bookOf(input.book);
    const reference = BigInt(input.lastPrice);
    const { lastMatchHeight } = input;
    return matchJson(book, { reference, lotSize: BigInt(input.lotSize), lastMatchHeight });
  }),
  'engine.sequence': expecting(
    (input: { lastPrice: string; lotSize: string; lastMatchHeight: number; blocks: readonly BlockJson[] }) => {
      const book = new Book();
      const lotSize = BigInt(input.lotSize);
      let { lastMatchHeight } = input;
      let reference = BigInt(input.lastPrice);
      return {
        blocks: input.blocks.map(({ height, orders = [], cancels = [] }) => {
          for (const cancel of cancels) {
            const order = findOrder(book, cancel);
            if (order === undefined) throw new Error(`no order ${cancel.id} to cancel at height ${height}`);
            book.remove(order);
          }
          for (const order of orders) book.place(order, order.side, order.price);
          const found = matchJson(book, { reference, lotSize, lastMatchHeight });
          lastMatchHeight = height;
          reference = BigInt(found.lastPrice);
          return found;
        }),
      };
    },
  ),
  'engine.removeFilled': expecting((input: { book: BookJson }) => {
    const book = bookOf(input.book);
    const parts = new NamedParts(book.named);
    const candidates = rows(candidatesOf(book, undefined, true));
    for (const { buys, sells } of candidates) {
      parts.add('buy', buys);
      parts.add('sell', sells);
    }
    return { ids: book.named.idsOf(removeFilled(book, parts, candidates.length)), book: bookJson(book) };
  }),
};

export const engineCases: CaseKinds = { ...priceCases, ...tradeCases, ...matchCases };
