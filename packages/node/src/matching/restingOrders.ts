/**
 * The orders that wait on one pair: on each side price levels, the best first, and on each level orders as they came.
 * In: orders that entry accepts, cancels and expires. Out: what the auction matches and what books are published from.
 *
 * An order comes and goes at a cost that grows neither with the orders nor, but for a search, with the price levels.
 */
import { NONE, type Order, type OrderColumns, type OrderSide } from './orderColumns.ts';
import { PriceLadder, type Walk } from './priceLadder.ts';
import type { Level } from './priceLevels.ts';

export class RestingOrders {
  /** What is known of the orders, and of the orders of other pairs. */
  readonly columns: OrderColumns;
  /** Handed out in the order in which pairs came to be. */
  readonly number: number;
  readonly #buys: PriceLadder;
  readonly #sells: PriceLadder;
  #size = 0;

  constructor(columns: OrderColumns) {
    this.columns = columns;
    this.number = columns.countBook();
    this.#buys = new PriceLadder(columns.levels, 'buy');
    this.#sells = new PriceLadder(columns.levels, 'sell');
  }

  /** Number of orders. */
  get size(): number {
    return this.#size;
  }

  levelCount(side: OrderSide): number {
    return this.#ladder(side).size;
  }

  /**
   * Last in order of arrival at its price.
   *
   * @param order - Must not be among resting orders yet.
   * @returns Whether it was taken: what a level leaves open must fit int64.
   */
  insert(order: Order): boolean {
    const { columns } = this;
    const ladder = columns.isBuy[order] === 1 ? this.#buys : this.#sells;
    if (!columns.levels.append(ladder.open(columns.price[order]!), order)) return false;
    this.#size += 1;
    return true;
  }

  /** @returns Whether it rested. */
  remove(order: Order): boolean {
    const { columns } = this;
    const level = columns.level[order]!;
    if (level === NONE) return false;
    columns.levels.remove(order);
    this.#size -= 1;
    if (columns.levels.count[level] === 0) {
      const ladder = columns.isBuy[order] === 1 ? this.#buys : this.#sells;
      ladder.remove(columns.price[order]!);
    }
    return true;
  }

  /** `NONE` of no orders. */
  best(side: OrderSide): Level {
    return this.#ladder(side).best;
  }

  /** `NONE` where there is none. */
  at(side: OrderSide, price: bigint): Level {
    return this.#ladder(side).at(price);
  }

  /** What the orders of a price leave open, units of 1e-8; 0 where there is none. */
  openAt(side: OrderSide, price: bigint): bigint {
    const level = this.#ladder(side).at(price);
    return level === NONE ? 0n : this.columns.levels.open[level]!;
  }

  /** Price and open total of the best levels, the best first. */
  levels(side: OrderSide, count: number): [price: bigint, open: bigint][] {
    const found: [bigint, bigint][] = [];
    if (count <= 0) return found;
    const { price, open } = this.columns.levels;
    for (const level of this.#ladder(side)) {
      found.push([price[level]!, open[level]!]);
      if (found.length >= count) break;
    }
    return found;
  }

  /** The levels of a side, the best first: so an index is a rank. */
  ranked(side: OrderSide): Level[] {
    return [...this.#ladder(side)];
  }

  /** All orders of a side, by level, the best first, and in order of arrival. */
  ordersOf(side: OrderSide): Order[] {
    const { levels } = this.columns;
    return this.ranked(side).flatMap((level) => [...levels.ordersOf(level)]);
  }

  /** A walk along the levels of a side from the best up to a price, and that price. No order may come or go meanwhile. */
  walk(side: OrderSide, price: bigint): Walk {
    return this.#ladder(side).walk(price);
  }

  #ladder(side: OrderSide): PriceLadder {
    return side === 'buy' ? this.#buys : this.#sells;
  }
}
