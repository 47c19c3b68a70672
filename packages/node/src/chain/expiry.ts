/**
 * What breathe blocks take away: orders that have waited for days, and pairs that are delisted (matching rules §12.2, §12.3).
 * In: the state, the UTC day. Out: removals with their fees; pairs that are gone.
 */
import type { Height } from '@dexwire/protocol';
import { expiredOrders } from '../matching/expired.ts';
import type { Order } from '../matching/orderColumns.ts';
import type { Fees } from './fees.ts';
import { canDelist } from './listing.ts';
import type { RunningBlock } from './runningBlock.ts';
import { chargeLeavers, settleRemoval } from './settlement.ts';
import type { Pair, State } from './state.ts';

/** How many of the best levels of a side live longer, and for how many days orders live there and beyond. */
const RESERVED_LEVELS = 500;
const RESERVED_DAYS = 30;
const DAYS = 3;

const SIDES = ['buy', 'sell'] as const;

/** By symbol, in byte order. */
export const inOrder = (pairs: Iterable<Pair>): Pair[] => [...pairs].sort((a, b) => (a.symbol < b.symbol ? -1 : 1));

/** An order without a fill pays, another leaves free; both are `Expired`. */
const expire = (state: State, block: RunningBlock, order: Order): void => {
  const { openOrders } = state;
  openOrders.pairOf(order).orders.remove(order);
  block.expired.push(settleRemoval(state, block, order, 'Expired', openOrders.filled[order] === 0n));
};

/**
 * Takes out the orders that are too old on a day.
 *
 * @param day - UTC days since the epoch; heights are those of the breathe blocks 3 and 30 days before.
 * @returns How many orders there were.
 */
export const expireOrders = (state: State, block: RunningBlock, fees: Fees, day: number): number => {
  const before = state.breatheHeights.get(day - DAYS);
  if (before === undefined) return 0;
  const reservedBefore: Height = state.breatheHeights.get(day - RESERVED_DAYS) ?? 0;
  const reservedLevels = state.upgrades.priceBandExpiry ? RESERVED_LEVELS : 0;
  let count = 0;
  for (const pair of inOrder(state.pairs.values())) {
    for (const side of SIDES) {
      const orders = expiredOrders(pair.orders, side, { reservedLevels, reservedBefore, before });
      for (const order of orders) expire(state, block, order);
      count += orders.length;
    }
  }
  chargeLeavers(state, block, fees, 'expire');
  return count;
};

/**
 * Takes a pair away with all its orders.
 *
 * @returns Why it may not go, or undefined when it is gone.
 */
export const delistPair = (state: State, block: RunningBlock, fees: Fees, pair: Pair): string | undefined => {
  const refusal = canDelist(state, pair.base, pair.quote);
  if (refusal !== undefined) return refusal;
  for (const side of SIDES) for (const order of pair.orders.ordersOf(side)) expire(state, block, order);
  chargeLeavers(state, block, fees, 'expire');
  state.pairs.delete(pair.symbol);
  block.delisted.push(pair.symbol);
  return undefined;
};

/** Remembers the breathe block of a day, and forgets those that no expiry asks for any more. */
export const rememberBreathe = (state: State, day: number, height: Height): void => {
  state.breatheHeights.set(day, height);
  for (const known of state.breatheHeights.keys()) if (known < day - RESERVED_DAYS) state.breatheHeights.delete(known);
};
