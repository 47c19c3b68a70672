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

/** Prices of levels as a column, so that each is read once, and compared in machine words. */
const pricesOf = (levels: readonly PriceLevel[], into: BigInt64Array<ArrayBuffer>): BigInt64Array<ArrayBuffer> => {
  const { length } = levels;
  const column = length > into.length ? new BigInt64Array(2 * length) : into;
  for (let row = 0; row < length; row += 1) column[row] = levels[row]!.price;
  return column;
};

/** Used by one merge at a time. */
let buyPrices = new BigInt64Array(64);
let sellPrices = new BigInt64Array(64);

/** @param buys - From the highest price down. @param sells - From the lowest price up. */
export const mergeLevels = <Order extends RestingOrder>(
  buys: readonly PriceLevel<Order>[],
  sells: readonly PriceLevel<Order>[],
): Candidate<Order>[] => {
  buyPrices = pricesOf(buys, buyPrices);
  sellPrices = pricesOf(sells, sellPrices);
  const merged: Candidate<Order>[] = [];
  let i = 0;
  let j = sells.length - 1;
  while (i < buys.length || j >= 0) {
    const hasBuys = i < buys.length && (j < 0 || buyPrices[i]! >= sellPrices[j]!);
    const hasSells = j >= 0 && (i === buys.length || sellPrices[j]! >= buyPrices[i]!);
    const level = hasBuys ? buys[i]! : sells[j]!;
    merged.push({
      price: level.price,
      buys: hasBuys ? level : undefined,
      sells: hasSells ? (hasBuys ? sells[j] : level) : undefined,
    });
    if (hasBuys) i += 1;
    if (hasSells) j -= 1;
  }
  return merged;
};

/** The levels of one side that cross the other, as far as they have been walked, and what they leave open together. */
class Crossing<Order extends RestingOrder> {
  readonly levels: PriceLevel<Order>[] = [];
  open = 0n;
  isOver = false;
  readonly #walk: () => PriceLevel<Order> | undefined;

  constructor(walk: () => PriceLevel<Order> | undefined) {
    this.#walk = walk;
  }

  step(): void {
    const level = this.#walk();
    if (level === undefined) {
      this.isOver = true;
      return;
    }
    this.levels.push(level);
    this.open += level.open;
  }
}

/**
 * None when nothing crosses; equality of the best prices is enough to cross.
 *
 * Of the side that leaves more open the far levels are left out, but for the first: a short side that is outweighed by the
 * near levels cannot trade with them, nor can their prices be the auction's, for whoever trades as much at a nearer price
 * has less surplus there. So an order that crosses a deep book costs no more than what it may trade with.
 *
 * @param isWhole - Leaves nothing out.
 */
export const candidatesOf = <Order extends RestingOrder>(
  orders: RestingOrders<Order>,
  isWhole = false,
): Candidate<Order>[] => {
  const buy = orders.best('buy');
  const sell = orders.best('sell');
  if (buy === undefined || sell === undefined || buy.price < sell.price) return [];
  const buys = new Crossing(orders.walk('buy', sell.price));
  const sells = new Crossing(orders.walk('sell', buy.price));
  while (!buys.isOver && !sells.isOver) (buys.open <= sells.open ? buys : sells).step();
  const rest = buys.isOver ? sells : buys;
  // Past int64 totals saturate, and all such levels have one surplus.
  if (isWhole || rest.open >= MAX_INT64) while (!rest.isOver) rest.step();
  else rest.step();
  return mergeLevels(buys.levels, sells.levels);
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
