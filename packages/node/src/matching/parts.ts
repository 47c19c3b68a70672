/**
 * What each order may still trade in one auction: a part each, in columns of int64, grouped by candidate and side.
 * In: the price levels that can trade. Out: the parts that trimming cuts and filling uses up; the orders stay untouched.
 */
import { MAX_INT64 } from './candidates.ts';
import { NONE, type OrderColumns, type OrderSide } from './orderColumns.ts';
import type { Level } from './priceLevels.ts';

/** The parts of one level: from `start` up to, and without, `end`. */
export interface Run {
  /** `NONE`: nothing can trade. */
  level: Level;
  start: number;
  end: number;
  /** Its first part that is no maker's; `start` until the sides are found. */
  takers: number;
  /** What the parts before that leave open. */
  makerOpen: bigint;
}

/** Used for one auction after another, for to make it anew costs more than a small auction. */
export class Parts {
  /** What is known of their orders. */
  columns: OrderColumns;
  order = new Int32Array(0);
  height = new Float64Array(0);
  quantity = new BigInt64Array(0);
  filled = new BigInt64Array(0);
  open = new BigInt64Array(0);
  /** By place in the list of takers, see `takers.ts`. */
  weight = new BigInt64Array(0);
  room = new BigInt64Array(0);
  share = new BigInt64Array(0);
  /** A run each candidate, empty where nothing can trade; there may be more of them than candidates. */
  readonly buys: Run[] = [];
  readonly sells: Run[] = [];
  #length = 0;
  #buyCount = 0;
  #sellCount = 0;

  constructor(columns: OrderColumns) {
    this.columns = columns;
  }

  /** Forgets all parts. */
  reset(columns: OrderColumns): void {
    this.columns = columns;
    this.#length = 0;
    this.#buyCount = 0;
    this.#sellCount = 0;
  }

  /** Number of parts. */
  get length(): number {
    return this.#length;
  }

  runs(side: OrderSide): Run[] {
    return side === 'buy' ? this.buys : this.sells;
  }

  /**
   * The next candidate's run on a side; without a level it is empty.
   *
   * @param keep - Orders of later blocks than those that leave this much open together are left out, for they cannot
   * trade: a level may be long, and few of its orders wanted.
   */
  add(side: OrderSide, level: Level, keep = MAX_INT64): void {
    const run = this.#nextRun(side);
    const start = this.#length;
    let part = start;
    if (level !== NONE) {
      const { levels, after, height: heights, quantity: quantities, filled: fills } = this.columns;
      this.#reserve(start + levels.count[level]!);
      const { order: orders, height, quantity, filled, open } = this;
      const first = levels.first[level]!;
      let since = first === NONE ? 0 : heights[first]!;
      let sum = 0n;
      for (let order = first; order !== NONE; order = after[order]!) {
        const came = heights[order]!;
        if (came !== since) {
          if (sum >= keep) break;
          since = came;
        }
        orders[part] = order;
        height[part] = came;
        quantity[part] = quantities[order]!;
        filled[part] = fills[order]!;
        open[part] = BigInt.asIntN(64, quantity[part]! - filled[part]!);
        sum = BigInt.asIntN(64, sum + open[part]!);
        part += 1;
      }
    }
    run.level = level;
    run.start = start;
    run.end = part;
    run.takers = start;
    run.makerOpen = 0n;
    this.#length = part;
  }

  #nextRun(side: OrderSide): Run {
    const runs = this.runs(side);
    const at = side === 'buy' ? this.#buyCount : this.#sellCount;
    if (side === 'buy') this.#buyCount += 1;
    else this.#sellCount += 1;
    if (at === runs.length) runs.push({ level: NONE, start: 0, end: 0, takers: 0, makerOpen: 0n });
    return runs[at]!;
  }

  #reserve(length: number): void {
    if (length <= this.open.length) return;
    const room = Math.max(64, 2 ** Math.ceil(Math.log2(length)));
    const wider = (column: BigInt64Array): BigInt64Array<ArrayBuffer> => {
      const wide = new BigInt64Array(room);
      wide.set(column);
      return wide;
    };
    const { order, height } = this;
    this.order = new Int32Array(room);
    this.order.set(order);
    this.height = new Float64Array(room);
    this.height.set(height);
    this.quantity = wider(this.quantity);
    this.filled = wider(this.filled);
    this.open = wider(this.open);
    this.weight = wider(this.weight);
    this.room = wider(this.room);
    this.share = wider(this.share);
  }
}

/** The sum of a column from `start` up to, and without, `end`: exact, also past int64. No value is negative. */
export const sumOf = (column: BigInt64Array, start: number, end: number): bigint => {
  let sum = 0n;
  for (let i = start; i < end; i += 1) {
    const next = BigInt.asIntN(64, sum + column[i]!);
    if (next < 0n) return sum + column.subarray(i, end).reduce((total, value) => total + value, 0n);
    sum = next;
  }
  return sum;
};
