/**
 * Which orders of one side have waited for too long.
 * In: resting orders and two heights. Out: the orders that a breathe block takes away (matching rules §12.2).
 */
import type { Height } from '@dexwire/protocol';
import type { Order, OrderSide } from './orderColumns.ts';
import type { RestingOrders } from './restingOrders.ts';

export interface ExpiryTerms {
  /** How many of the best levels live longer. */
  readonly reservedLevels: number;
  /** Orders below this height expire on the reserved levels; 0: none. */
  readonly reservedBefore: Height;
  /** Orders below this height expire on all other levels. */
  readonly before: Height;
}

/** Nothing is removed here, so levels count as they stand when the pass begins. By level, then as they came. */
export const expiredOrders = (
  orders: RestingOrders,
  side: OrderSide,
  { reservedLevels, reservedBefore, before }: ExpiryTerms,
): Order[] => {
  const expired: Order[] = [];
  const { height, levels } = orders.columns;
  orders.ranked(side).forEach((level, rank) => {
    const limit = rank < reservedLevels ? reservedBefore : before;
    for (const order of levels.ordersOf(level)) if (height[order]! < limit) expired.push(order);
  });
  return expired;
};
