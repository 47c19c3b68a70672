/**
 * The orders of one side at one price, in order of arrival.
 * In: orders that come and go. Out: the first of them, each knowing the next, and what they leave open together.
 */
import type { RestingOrder } from './restingOrder.ts';

export class PriceLevel<Order extends RestingOrder = RestingOrder> {
  readonly price: bigint;
  /** What the orders leave open, units of 1e-8. Exact, also past int64. */
  open = 0n;
  count = 0;
  first: Order | undefined = undefined;
  last: Order | undefined = undefined;

  constructor(price: bigint) {
    this.price = price;
  }

  /** @param order - Of this price, on no level yet. */
  append(order: Order): void {
    const last = this.last;
    order.level = this;
    order.before = last;
    if (last === undefined) this.first = order;
    else last.after = order;
    this.last = order;
    this.count += 1;
    this.open += order.filled === 0n ? order.quantity : order.quantity - order.filled;
  }

  /** @param order - On this level. */
  remove(order: Order): void {
    const { before, after } = order;
    if (before === undefined) this.first = after;
    else before.after = after;
    if (after === undefined) this.last = before;
    else after.before = before;
    order.level = undefined;
    order.before = undefined;
    order.after = undefined;
    this.count -= 1;
    const { quantity, filled } = order;
    if (filled !== quantity) this.open -= quantity - filled;
  }

  /** In order of arrival. An order may be removed once the next one is asked for. */
  *[Symbol.iterator](): IterableIterator<Order> {
    for (let order = this.first; order !== undefined; order = order.after) yield order;
  }
}
