/**
 * What each order may still trade in one auction: a part each, in columns of int64, grouped by candidate and side.
 * In: the price levels that can trade. Out: the parts that trimming cuts and filling uses up; the orders stay untouched.
 *
 * V8 computes on columns of int64 without making objects, several times faster than on bigint values.
 */
import { MAX_INT64 } from './candidates.ts';
import type { PriceLevel } from './priceLevel.ts';
import type { OrderSide, RestingOrder } from './restingOrder.ts';

/** Room for columns, used again from auction to auction. */
export class Columns {
  quantity = new BigInt64Array(0);
  filled = new BigInt64Array(0);
  open = new BigInt64Array(0);
  /** By place in the list of takers, see `takers.ts`. */
  weight = new BigInt64Array(0);
  room = new BigInt64Array(0);
  share = new BigInt64Array(0);

  /** Makes room. What the columns hold is kept. */
  reserve(length: number): void {
    if (length <= this.open.length) return;
    const wider = (column: BigInt64Array): BigInt64Array<ArrayBuffer> => {
      const wide = new BigInt64Array(Math.max(64, 2 ** Math.ceil(Math.log2(length))));
      wide.set(column);
      return wide;
    };
    this.quantity = wider(this.quantity);
    this.filled = wider(this.filled);
    this.open = wider(this.open);
    this.weight = wider(this.weight);
    this.room = wider(this.room);
    this.share = wider(this.share);
  }
}

/** The parts of one level: from `start` up to, and without, `end`. */
export interface Run<Order extends RestingOrder = RestingOrder> {
  readonly level: PriceLevel<Order> | undefined;
  readonly start: number;
  readonly end: number;
  /** Its first part that is no maker's; `start` until the sides are found. */
  takers: number;
  /** What the parts before that leave open. */
  makerOpen: bigint;
}

export class Parts<Order extends RestingOrder> {
  readonly columns: Columns;
  readonly orders: Order[] = [];
  /** A run each candidate, empty where nothing can trade. */
  readonly buys: Run<Order>[] = [];
  readonly sells: Run<Order>[] = [];
  /** Of all candidates that have nothing on a side that can trade. */
  readonly #empty: Run<Order> = { level: undefined, start: 0, end: 0, takers: 0, makerOpen: 0n };

  constructor(columns: Columns) {
    this.columns = columns;
  }

  runs(side: OrderSide): Run<Order>[] {
    return side === 'buy' ? this.buys : this.sells;
  }

  /**
   * The next candidate's run on a side; without a level it is empty.
   *
   * @param keep - Orders of later blocks than those that leave this much open together are left out, for they cannot
   * trade: a level may be long, and few of its orders wanted.
   */
  add(side: OrderSide, level: PriceLevel<Order> | undefined, keep = MAX_INT64): void {
    if (level === undefined) {
      this.runs(side).push(this.#empty);
      return;
    }
    const { orders, columns } = this;
    const start = orders.length;
    let part = start;
    columns.reserve(start + level.count);
    const { quantity, filled, open } = columns;
    let height = level.first?.height;
    let sum = 0n;
    for (let order = level.first; order !== undefined; order = order.after) {
      if (order.height !== height) {
        if (sum >= keep) break;
        height = order.height;
      }
      orders.push(order);
      quantity[part] = order.quantity;
      filled[part] = order.filled;
      open[part] = BigInt.asIntN(64, quantity[part]! - filled[part]!);
      sum = BigInt.asIntN(64, sum + open[part]!);
      part += 1;
    }
    this.runs(side).push({ level, start, end: part, takers: start, makerOpen: 0n });
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
