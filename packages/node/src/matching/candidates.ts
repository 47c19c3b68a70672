/**
 * The prices at which an auction may take place, and what would trade at each (matching rules §7.1, §7.2).
 * In: resting orders. Out: candidates from the highest price to the lowest, with columns of totals.
 */
import type { PriceLevel } from './priceLevel.ts';
import type { RestingOrder } from './restingOrder.ts';
import type { RestingOrders } from './restingOrders.ts';

export const MAX_INT64 = 2n ** 63n - 1n;

/** A price that carries orders of one side or both. */
export interface Candidate<Order extends RestingOrder> {
  readonly price: bigint;
  readonly buys: PriceLevel<Order> | undefined;
  readonly sells: PriceLevel<Order> | undefined;
}

/** @param buys - From the highest price down. @param sells - From the lowest price up. */
export const mergeLevels = <Order extends RestingOrder>(
  buys: readonly PriceLevel<Order>[],
  sells: readonly PriceLevel<Order>[],
): Candidate<Order>[] => {
  const merged: Candidate<Order>[] = [];
  let i = 0;
  let j = sells.length - 1;
  while (i < buys.length || j >= 0) {
    const buy = buys[i];
    const sell = sells[j];
    if (sell === undefined || (buy !== undefined && buy.price > sell.price)) {
      merged.push({ price: buy!.price, buys: buy, sells: undefined });
      i += 1;
    } else if (buy === undefined || buy.price < sell.price) {
      merged.push({ price: sell.price, buys: undefined, sells: sell });
      j -= 1;
    } else {
      merged.push({ price: buy.price, buys: buy, sells: sell });
      i += 1;
      j -= 1;
    }
  }
  return merged;
};

/** None when nothing crosses; equality of the best prices is enough to cross. */
export const candidatesOf = <Order extends RestingOrder>(orders: RestingOrders<Order>): Candidate<Order>[] => {
  const buy = orders.best('buy');
  const sell = orders.best('sell');
  if (buy === undefined || sell === undefined || buy.price < sell.price) return [];
  return mergeLevels(orders.through('buy', sell.price), orders.through('sell', buy.price));
};

/** Columns, a row each candidate; there may be room for more rows. */
export class Accumulated {
  /** Number of candidates. */
  length = 0;
  price: BigInt64Array = new BigInt64Array(0);
  /** Open buys at this price and all higher ones; saturates at `MAX_INT64`, so does the next. */
  buys: BigInt64Array = new BigInt64Array(0);
  /** Open sells at this price and all lower ones. */
  sells: BigInt64Array = new BigInt64Array(0);
  /** What would trade. */
  exec: BigInt64Array = new BigInt64Array(0);
  /** Buys less sells. */
  surplus: BigInt64Array = new BigInt64Array(0);

  /** Makes room and forgets what was there. */
  reset(length: number): void {
    this.length = length;
    if (length <= this.price.length) return;
    const room = Math.max(64, 2 ** Math.ceil(Math.log2(length)));
    this.price = new BigInt64Array(room);
    this.buys = new BigInt64Array(room);
    this.sells = new BigInt64Array(room);
    this.exec = new BigInt64Array(room);
    this.surplus = new BigInt64Array(room);
  }
}

const openOf = <Order extends RestingOrder>(level: PriceLevel<Order> | undefined): bigint => {
  if (level === undefined) return 0n;
  return level.open > MAX_INT64 ? MAX_INT64 : level.open;
};

/** Adds to a row what the row before it adds up to. */
const addRow = (column: BigInt64Array, row: number, before: number): void => {
  const sum = BigInt.asIntN(64, column[row]! + column[before]!);
  column[row] = sum < 0n ? MAX_INT64 : sum;
};

/** @param into - Columns to use again. */
export const accumulate = <Order extends RestingOrder>(
  candidates: readonly Candidate<Order>[],
  into = new Accumulated(),
): Accumulated => {
  const { length } = candidates;
  into.reset(length);
  const { price, buys, sells, exec, surplus } = into;
  for (let row = 0; row < length; row += 1) {
    const candidate = candidates[row]!;
    price[row] = candidate.price;
    buys[row] = openOf(candidate.buys);
    sells[row] = openOf(candidate.sells);
  }
  for (let row = length - 2; row >= 0; row -= 1) addRow(sells, row, row + 1);
  for (let row = 1; row < length; row += 1) addRow(buys, row, row - 1);
  for (let row = 0; row < length; row += 1) {
    exec[row] = buys[row]! < sells[row]! ? buys[row]! : sells[row]!;
    surplus[row] = BigInt.asIntN(64, buys[row]! - sells[row]!);
  }
  return into;
};
