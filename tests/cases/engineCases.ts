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
import { accumulate, candidatesOf, mergeLevels } from '../../packages/node/src/matching/candidates.ts';
import { fill, type Trade } from '../../packages/node/src/matching/fill.ts';
import { type MatchTerms, match, removeFilled } from '../../packages/node/src/matching/match.ts';
import { Columns, Parts, sumOf } from '../../packages/node/src/matching/parts.ts';
import type { PriceLevel } from '../../packages/node/src/matching/priceLevel.ts';
import type { OrderSide, RestingOrder } from '../../packages/node/src/matching/restingOrder.ts';
import { RestingOrders } from '../../packages/node/src/matching/restingOrders.ts';
import { largestOf, type MatchFault, shareByLots } from '../../packages/node/src/matching/sharing.ts';
import { takerListOf, takerSideOf, takersOfLevel } from '../../packages/node/src/matching/takers.ts';
import { allocate, type Cut, cutFrom, cutOf, keepOnly } from '../../packages/node/src/matching/trimming.ts';
import type { TickType } from '../../packages/protocol/src/streams/trades.ts';
import { type BookJson, bookJson, bookOf, findOrder, levelOf, type OrderJson, orderOf } from './book.ts';
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

const newParts = (): Parts<RestingOrder> => new Parts(new Columns());

/** Adds a run with what the case says is open. */
const addRun = (parts: Parts<RestingOrder>, side: OrderSide, price: string, orders: readonly OrderJson[]): void => {
  const start = parts.orders.length;
  parts.add(side, levelOf(side, price, orders));
  orders.forEach(({ open }, at) => {
    if (open !== undefined) parts.columns.open[start + at] = BigInt(open);
  });
};

const partsOf = (levels: readonly SidesJson[]): Parts<RestingOrder> => {
  const parts = newParts();
  for (const { price, buys, sells } of levels) {
    addRun(parts, 'buy', price, buys);
    addRun(parts, 'sell', price, sells);
  }
  return parts;
};

/** Runs of one side alone, split as the case says. */
const splitPartsOf = (side: OrderSide, levels: readonly TakersJson[]): Parts<RestingOrder> => {
  const parts = newParts();
  for (const { price, orders, takerStart } of levels) {
    addRun(parts, side, price, orders);
    const run = parts.runs(side).at(-1)!;
    run.takers = run.start + takerStart;
    for (let part = run.start; part < run.takers; part += 1) run.makerOpen += parts.columns.open[part]!;
  }
  return parts;
};

const opens = (parts: Parts<RestingOrder>, side: OrderSide, at: number): string[] => {
  const { start, end } = parts.runs(side)[at]!;
  return texts(parts.columns.open.subarray(start, end));
};

const openOf = (parts: Parts<RestingOrder>, side: OrderSide, at: number): bigint => {
  const { start, end } = parts.runs(side)[at]!;
  return sumOf(parts.columns.open, start, end);
};

/** @returns Whether it could be done. */
const trim = (parts: Parts<RestingOrder>, cut: Cut | MatchFault | undefined, lotSize: string): boolean => {
  if (typeof cut === 'string') return false;
  return cut === undefined || keepOnly(parts, parts.runs(cut.side)[cut.at]!, cut.keep, BigInt(lotSize)) === undefined;
};

const takersJson = (parts: Parts<RestingOrder>, takers: readonly number[]): unknown => {
  const { open } = parts.columns;
  return {
    orders: takers.map((part) => ({ id: parts.orders[part]!.id, open: String(open[part]) })),
    total: String(takers.reduce((total, part) => total + open[part]!, 0n)),
  };
};

const tradesJson = (trades: readonly Trade[]): unknown =>
  trades.map(({ sell, buy, price, quantity, sellFilled, buyFilled, tick }) => ({
    seller: sell.id,
    buyer: buy.id,
    price: String(price),
    qty: String(quantity),
    buyerCum: String(buyFilled),
    sellerCum: String(sellFilled),
    tick: TICKS[tick],
  }));

const ids = (level: PriceLevel | undefined): string[] => [...(level ?? [])].map(({ id }) => id);

/** Matches a book. */
const matchJson = (
  book: RestingOrders,
  terms: MatchTerms,
): Record<string, unknown> & { readonly ok: boolean; readonly lastPrice: string } => {
  const overlappedLevels = candidatesOf(book, true).length;
  const found = match(book, terms);
  return {
    ok: found.name !== 'failed',
    lastPrice: String(found.name === 'matched' ? found.price : terms.reference),
    overlappedLevels,
    trades: found.name === 'matched' ? tradesJson(found.trades) : [],
    filled: found.name === 'matched' ? found.filled.map(({ id }) => id) : [],
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
  'engine.overlap': expecting((input: { book: BookJson }) => ({
    levels: candidatesOf(bookOf(input.book), true).map(({ price, buys, sells }) => ({
      price: String(price),
      buys: ids(buys),
      sells: ids(sells),
    })),
  })),
  'engine.mergeLevels': expecting(
    (input: Record<'buys' | 'sells', readonly { readonly price: string; readonly orders: number }[]>) => {
      const some = (side: OrderSide, levels: typeof input.buys): PriceLevel[] =>
        levels.map(({ price, orders }) =>
          levelOf(
            side,
            price,
            Array.from({ length: orders }, (_, at) => ({ id: String(at), time: 1, qty: '1' })),
          ),
        );
      return {
        levels: mergeLevels(some('buy', input.buys), some('sell', input.sells)).map(({ price, buys, sells }) => ({
          price: String(price),
          buyOrders: buys?.count ?? 0,
          sellOrders: sells?.count ?? 0,
        })),
      };
    },
  ),
  'engine.accumulate': expecting((input: { levels: readonly SidesJson[] }) => {
    const candidates = input.levels.map(({ price, buys, sells }) => ({
      price: BigInt(price),
      buys: levelOf('buy', price, buys),
      sells: levelOf('sell', price, sells),
    }));
    const { buys, sells, exec, surplus } = accumulate(candidates);
    return {
      levels: candidates.map((candidate, at) => ({
        price: String(candidate.price),
        buyTotal: String(candidate.buys.open),
        sellTotal: String(candidate.sells.open),
        accBuy: String(buys[at]),
        accSell: String(sells[at]),
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
    const parts = newParts();
    addRun(parts, 'buy', '1', input.orders);
    const before = BigInt(input.toAllocate);
    const left = allocate(parts.columns, 0, input.orders.length, before, BigInt(input.lotSize));
    const ok = typeof left === 'bigint';
    return { ok, remaining: String(ok ? left : before), open: opens(parts, 'buy', 0) };
  }),
  'engine.dropRedundant': mayFail((input: { toDrop: string; lotSize: string; orders: readonly OrderJson[] }) => {
    const parts = newParts();
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
        buys: column(levels.map(({ accBuy }) => accBuy)),
        sells: column(levels.map(({ accSell }) => accSell)),
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
      const side = takerSideOf(parts, input.index, input.lastMatchHeight);
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
    return takersJson(parts, takerListOf(parts, input.side, input.index));
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
      const trades = fill(parts, prices, takers, {
        takerSide,
        price: BigInt(price),
        index,
        surplus: BigInt(input.surplus),
        lotSize: BigInt(input.lotSize),
      });
      return { ok: typeof trades !== 'string', trades: typeof trades === 'string' ? [] : tradesJson(trades) };
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
      const book = new RestingOrders();
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
          for (const order of orders) book.insert(orderOf(order, order.side, order.price));
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
    const parts = newParts();
    for (const { buys, sells } of candidatesOf(book, true)) {
      parts.add('buy', buys);
      parts.add('sell', sells);
    }
    return { ids: removeFilled(book, parts).map(({ id }) => id), book: bookJson(book) };
  }),
};

export const engineCases: CaseKinds = { ...priceCases, ...tradeCases, ...matchCases };
