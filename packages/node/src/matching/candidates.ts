/**
 * The prices at which an auction may take place, and what would trade at each (matching rules §7.1, §7.2).
 * In: resting orders. Out: candidates from the highest price to the lowest, with columns of totals.
 */
import { NONE } from './orderColumns.ts';
import type { Walk } from './priceLadder.ts';
import type { Level, PriceLevels } from './priceLevels.ts';
import type { RestingOrders } from './restingOrders.ts';

export const MAX_INT64 = 2n ** 63n - 1n;

/** Room for so many rows and some more, in powers of two. */
const roomFor = (length: number): number => Math.max(64, 2 ** Math.ceil(Math.log2(length)));

/** Columns, a row each candidate, which is a price that carries orders; there may be room for more rows. */
export class Candidates {
  /** Number of candidates. */
  length = 0;
  price: BigInt64Array = new BigInt64Array(0);
  /** The level of either side, or `NONE`. */
  buys: Int32Array = new Int32Array(0);
  sells: Int32Array = new Int32Array(0);
  /** Open buys at this price and all higher ones; saturates at `MAX_INT64`, so does the next. */
  buyTotal: BigInt64Array = new BigInt64Array(0);
  /** Open sells at this price and all lower ones. */
  sellTotal: BigInt64Array = new BigInt64Array(0);
  /** What would trade. */
  exec: BigInt64Array = new BigInt64Array(0);
  /** Buys less sells. */
  surplus: BigInt64Array = new BigInt64Array(0);

  /** Makes room, and forgets what was there. */
  reset(room: number): void {
    this.length = 0;
    if (room <= this.price.length) return;
    const rows = roomFor(room);
    this.price = new BigInt64Array(rows);
    this.buys = new Int32Array(rows);
    this.sells = new Int32Array(rows);
    this.buyTotal = new BigInt64Array(rows);
    this.sellTotal = new BigInt64Array(rows);
    this.exec = new BigInt64Array(rows);
    this.surplus = new BigInt64Array(rows);
  }
}

/** Levels of one side as far as they have been walked. */
class Walked {
  levels: Int32Array = new Int32Array(64);
  length = 0;

  push(level: Level): void {
    if (this.length === this.levels.length) {
      const wide = new Int32Array(2 * this.length);
      wide.set(this.levels);
      this.levels = wide;
    }
    this.levels[this.length] = level;
    this.length += 1;
  }
}

/** @param buys - From the highest price down. @param sells - From the lowest price up. @param into - Gets the rows. */
export const mergeLevels = (
  levels: PriceLevels,
  buys: Pick<Walked, 'levels' | 'length'>,
  sells: Pick<Walked, 'levels' | 'length'>,
  into: Candidates,
): Candidates => {
  into.reset(buys.length + sells.length);
  const { price } = levels;
  let i = 0;
  let j = sells.length - 1;
  let row = 0;
  while (i < buys.length || j >= 0) {
    const buy = i < buys.length ? buys.levels[i]! : NONE;
    const sell = j >= 0 ? sells.levels[j]! : NONE;
    const hasBuys = buy !== NONE && (sell === NONE || price[buy]! >= price[sell]!);
    const hasSells = sell !== NONE && (buy === NONE || price[sell]! >= price[buy]!);
    into.price[row] = price[hasBuys ? buy : sell]!;
    into.buys[row] = hasBuys ? buy : NONE;
    into.sells[row] = hasSells ? sell : NONE;
    row += 1;
    if (hasBuys) i += 1;
    if (hasSells) j -= 1;
  }
  into.length = row;
  return into;
};

/** Used by one search at a time. */
const walkedBuys = new Walked();
const walkedSells = new Walked();

/** What the walked levels leave open: buys, then sells. */
const walkedOpen = new BigInt64Array(2);
const [BUYS, SELLS] = [0, 1];

/** Stops at `MAX_INT64`. */
const addOpen = (at: number, open: BigInt64Array, level: Level): void => {
  walkedOpen[at] = BigInt.asIntN(64, walkedOpen[at]! + open[level]!);
  if (walkedOpen[at]! < 0n) walkedOpen[at] = MAX_INT64;
};

/** The rest of a walk. */
const walkOn = (walk: Walk, into: Walked): void => {
  for (let level = walk.next(); level !== NONE; level = walk.next()) into.push(level);
};

/**
 * None when nothing crosses; equality of the best prices is enough to cross.
 *
 * Of the side that leaves more open the far levels are left out, but for the first: a short side that is outweighed by the
 * near levels cannot trade with them, nor can their prices be the auction's, for whoever trades as much at a nearer price
 * has less surplus there. So an order that crosses a deep book costs no more than what it may trade with.
 *
 * @param into - Columns to use again.
 * @param isWhole - Leaves nothing out.
 */
export const candidatesOf = (orders: RestingOrders, into = new Candidates(), isWhole = false): Candidates => {
  const { levels } = orders.columns;
  const { price, open } = levels;
  const buy = orders.best('buy');
  const sell = orders.best('sell');
  if (buy === NONE || sell === NONE || price[buy]! < price[sell]!) {
    into.reset(0);
    return into;
  }
  walkedBuys.length = 0;
  walkedSells.length = 0;
  const buys = orders.walk('buy', price[sell]!);
  const sells = orders.walk('sell', price[buy]!);
  walkedOpen.fill(0n);
  let isBuyOver = false;
  for (;;) {
    if (walkedOpen[BUYS]! <= walkedOpen[SELLS]!) {
      const level = buys.next();
      if (level === NONE) {
        isBuyOver = true;
        break;
      }
      walkedBuys.push(level);
      addOpen(BUYS, open, level);
    } else {
      const level = sells.next();
      if (level === NONE) break;
      walkedSells.push(level);
      addOpen(SELLS, open, level);
    }
  }
  const rest = isBuyOver ? sells : buys;
  const walked = isBuyOver ? walkedSells : walkedBuys;
  // Past int64 totals saturate, and all such levels have one surplus.
  if (isWhole || walkedOpen[isBuyOver ? SELLS : BUYS] === MAX_INT64) walkOn(rest, walked);
  else {
    const next = rest.next();
    if (next !== NONE) walked.push(next);
  }
  return mergeLevels(levels, walkedBuys, walkedSells, into);
};

/** Adds to a row what the row before it adds up to. No amount is negative. */
const addRow = (column: BigInt64Array, row: number, before: number): void => {
  column[row] = BigInt.asIntN(64, column[row]! + column[before]!);
  if (column[row]! < 0n) column[row] = MAX_INT64;
};

/** What a level leaves open. Writes rather than returns, for a choice between two bigint values makes a new one. */
const writeOpen = (into: BigInt64Array, row: number, open: BigInt64Array, level: Level): void => {
  if (level === NONE) into[row] = 0n;
  else into[row] = open[level]!;
};

/** Writes the columns of totals. @returns What it was given. */
export const accumulate = ({ open }: PriceLevels, candidates: Candidates): Candidates => {
  const { length, buys, sells, buyTotal, sellTotal, exec, surplus } = candidates;
  for (let row = 0; row < length; row += 1) {
    writeOpen(buyTotal, row, open, buys[row]!);
    writeOpen(sellTotal, row, open, sells[row]!);
  }
  for (let row = length - 2; row >= 0; row -= 1) addRow(sellTotal, row, row + 1);
  for (let row = 1; row < length; row += 1) addRow(buyTotal, row, row - 1);
  for (let row = 0; row < length; row += 1) {
    exec[row] = buyTotal[row]!;
    if (sellTotal[row]! < buyTotal[row]!) exec[row] = sellTotal[row]!;
    surplus[row] = BigInt.asIntN(64, buyTotal[row]! - sellTotal[row]!);
  }
  return candidates;
};
