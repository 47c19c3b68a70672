/**
 * The orders that wait on one pair: on each side price levels, the best first, and on each level orders as they came.
 * In: orders that entry accepts, cancels and expires. Out: what the auction matches and what books are published from.
 *
 * An order comes and goes at a cost that grows neither with the orders nor, but for a search, with the price levels.
 */
import { PriceLadder } from './priceLadder.ts';
import type { PriceLevel } from './priceLevel.ts';
import type { OrderSide, RestingOrder } from './restingOrder.ts';

export class RestingOrders<Order extends RestingOrder = RestingOrder> {
  readonly #buys = new PriceLadder<Order>('buy');
  readonly #sells = new PriceLadder<Order>('sell');
  #size = 0;

  /** Number of orders. */
  get size(): number {
    return this.#size;
  }

  levelCount(side: OrderSide): number {
    return this.#ladder(side).size;
  }

  /** Last in order of arrival at its price. @param order - Must not be among resting orders yet. */
  insert(order: Order): void {
    this.#ladder(order.side).open(order.price).append(order);
    this.#size += 1;
  }

  /** @returns Whether it was here. */
  remove(order: Order): boolean {
    const level = order.level;
    if (level === undefined) return false;
    level.remove(order);
    this.#size -= 1;
    if (level.count === 0) this.#ladder(order.side).remove(level.price);
    return true;
  }

  best(side: OrderSide): PriceLevel<Order> | undefined {
    return this.#ladder(side).best;
  }

  at(side: OrderSide, price: bigint): PriceLevel<Order> | undefined {
    return this.#ladder(side).at(price);
  }

  /** What the orders of a price leave open, units of 1e-8; 0 where there is none. */
  openAt(side: OrderSide, price: bigint): bigint {
    return this.#ladder(side).at(price)?.open ?? 0n;
  }

  /** Price and open total of the best levels, the best first. */
  levels(side: OrderSide, count: number): [price: bigint, open: bigint][] {
    const found: [bigint, bigint][] = [];
    if (count <= 0) return found;
    for (const { price, open } of this.#ladder(side)) {
      found.push([price, open]);
      if (found.length >= count) break;
    }
    return found;
  }

  /** The levels of a side with their ranks, the best (0) first. No order may come or go meanwhile. */
  *ranked(side: OrderSide): IterableIterator<[rank: number, level: PriceLevel<Order>]> {
    let rank = 0;
    for (const level of this.#ladder(side)) {
      yield [rank, level];
      rank += 1;
    }
  }

  /** A walk along the levels of a side from the best up to a price, and that price. No order may come or go meanwhile. */
  walk(side: OrderSide, price: bigint): () => PriceLevel<Order> | undefined {
    return this.#ladder(side).walk(price);
  }

  #ladder(side: OrderSide): PriceLadder<Order> {
    return side === 'buy' ? this.#buys : this.#sells;
  }
}
