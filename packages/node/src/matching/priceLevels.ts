/**
 * Price levels: the orders of one side at one price, in order of arrival. They lie in columns as orders do.
 * In: orders that come and go. Out: the first of them, each knowing the next, and what they leave open together.
 */
import { NONE, type Order, type OrderColumns, wider32, wider64 } from './orderColumns.ts';

/** Stands for a level: its place in the columns, its own until it is released. */
export type Level = number;

const ROOM = 64;

export class PriceLevels {
  readonly #orders: OrderColumns;
  price = new BigInt64Array(ROOM);
  /** What the orders leave open, units of 1e-8; within int64. */
  open = new BigInt64Array(ROOM);
  count = new Int32Array(ROOM);
  first = new Int32Array(ROOM);
  last = new Int32Array(ROOM);
  #given = 0;
  /** The first free place; `first` has the next. */
  #free: Level = NONE;

  constructor(orders: OrderColumns) {
    this.#orders = orders;
  }

  /** A new level without orders. */
  make(price: bigint): Level {
    let level = this.#free;
    if (level === NONE) {
      level = this.#given;
      this.#given += 1;
      if (level === this.price.length) this.#widen();
    } else this.#free = this.first[level]!;
    this.price[level] = price;
    this.open[level] = 0n;
    this.count[level] = 0;
    this.first[level] = NONE;
    this.last[level] = NONE;
    return level;
  }

  /** @param level - Without orders, and on no ladder. */
  release(level: Level): void {
    this.first[level] = this.#free;
    this.#free = level;
  }

  /**
   * @param order - Of this price, on no level yet.
   * @returns Whether it was taken: what a level leaves open must fit int64.
   */
  append(level: Level, order: Order): boolean {
    const orders = this.#orders;
    const open = BigInt.asIntN(
      64,
      this.open[level]! + BigInt.asIntN(64, orders.quantity[order]! - orders.filled[order]!),
    );
    if (open < 0n) return false;
    this.open[level] = open;
    const last = this.last[level]!;
    orders.level[order] = level;
    orders.before[order] = last;
    orders.after[order] = NONE;
    if (last === NONE) this.first[level] = order;
    else orders.after[last] = order;
    this.last[level] = order;
    this.count[level] = this.count[level]! + 1;
    return true;
  }

  /** @param order - On a level. */
  remove(order: Order): void {
    const orders = this.#orders;
    const level = orders.level[order]!;
    const before = orders.before[order]!;
    const after = orders.after[order]!;
    if (before === NONE) this.first[level] = after;
    else orders.after[before] = after;
    if (after === NONE) this.last[level] = before;
    else orders.before[after] = before;
    orders.level[order] = NONE;
    this.count[level] = this.count[level]! - 1;
    const left = BigInt.asIntN(64, orders.quantity[order]! - orders.filled[order]!);
    this.open[level] = BigInt.asIntN(64, this.open[level]! - left);
  }

  /** In order of arrival. An order may be removed once the next one is asked for. */
  *ordersOf(level: Level): IterableIterator<Order> {
    const { after } = this.#orders;
    for (let order = this.first[level]!; order !== NONE; order = after[order]!) yield order;
  }

  #widen(): void {
    this.price = wider64(this.price);
    this.open = wider64(this.open);
    this.count = wider32(this.count);
    this.first = wider32(this.first);
    this.last = wider32(this.last);
  }
}
