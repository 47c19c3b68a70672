/**
 * Order sizes: the prices and quantities that a pair takes (matching rules §4, §13, §16).
 * In: a pair, a price or quantity that is about right. Out: one that is accepted.
 */
import type { Pair } from '../chain/state.ts';

/** One whole asset, in units. */
export const WHOLE = 100_000_000n;

const roundUp = (amount: bigint, step: bigint): bigint => ((amount + step - 1n) / step) * step;

/** The next price down that is a multiple of the tick size; at least one tick. */
export const floorToTick = (pair: Pair, price: bigint): bigint =>
  price < pair.tickSize ? pair.tickSize : price - (price % pair.tickSize);

/** The next quantity down that is a multiple of the lot size; it may be 0. */
export const floorToLot = (pair: Pair, quantity: bigint): bigint => quantity - (quantity % pair.lotSize);

/** The least quantity accepted at a price: a lot, a notional of one unit, and of mini pairs one whole token. */
export const leastQuantity = (pair: Pair, price: bigint): bigint => {
  const ofNotional = (WHOLE + price - 1n) / price;
  const least = pair.isMini && ofNotional < WHOLE ? WHOLE : ofNotional;
  return roundUp(least > pair.lotSize ? least : pair.lotSize, pair.lotSize);
};

/**
 * The distance between the price levels that traders like: a thousandth of the list price, a multiple of the tick size.
 * Of a price so low that a tick is more than that, one tick.
 */
export const stepOf = (pair: Pair): bigint => floorToTick(pair, pair.listPrice / 1_000n);

/** What an order locks: of the quote asset for a buy, of the base asset for a sell (matching rules §5). */
export const lockOf = (side: 'buy' | 'sell', price: bigint, quantity: bigint): bigint =>
  side === 'buy' ? (price * quantity) / WHOLE : quantity;

/** The largest quantity of whole lots that an amount of the asset can lock. */
export const quantityFor = (pair: Pair, side: 'buy' | 'sell', price: bigint, amount: bigint): bigint =>
  floorToLot(pair, side === 'buy' ? (amount * WHOLE) / price : amount);
