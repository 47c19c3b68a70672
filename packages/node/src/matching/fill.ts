/**
 * Lets takers and makers trade: makers at their own price first, then all that is left at the auction price.
 * In: trimmed and split parts, the list of takers. Out: trades in the order made (matching rules §9.3 to §9.5).
 */
import type { OrderSide } from './orderColumns.ts';
import type { Parts } from './parts.ts';
import { largestOf, type MatchFault, shareByLots } from './sharing.ts';
import { TICKS, type Trades } from './trades.ts';

export interface FillTerms {
  /** Of the parts, how many candidates they are of. */
  readonly count: number;
  readonly takerSide: OrderSide;
  /** Of the auction. */
  readonly price: bigint;
  readonly index: number;
  /** Buys less sells at the index, before trimming. */
  readonly surplus: bigint;
  readonly lotSize: bigint;
}

/**
 * Trades of one auction. Each taker may get a share of each maker level, so a few thousand orders could make millions of trades
 * and stop the chain for minutes. Past this the match fails, and its round is dropped (of our choice: the original had no bound).
 */
const MOST_TRADES = 1_000_000;

/** Of a trade between orders of one block. */
const tickOf = (surplus: bigint): number =>
  TICKS.indexOf(surplus < 0n ? 'sellSurplus' : surplus > 0n ? 'buySurplus' : 'neutral');

const SELL_TAKER = TICKS.indexOf('sellTaker');
const BUY_TAKER = TICKS.indexOf('buyTaker');

/**
 * Makers from `start` up to, and without, `end` against the takers' shares, both in order.
 *
 * @param takers - Parts. Their places in this list are the rows of `weight`, `room` and `share`.
 * @param from - Place of the first taker that may have a share.
 * @param evenTick - Of a trade between orders of one block.
 * @returns Place of the first taker that may still have one.
 */
const trade = (
  parts: Parts,
  start: number,
  end: number,
  prices: BigInt64Array,
  at: number,
  takers: readonly number[],
  from: number,
  takersSell: boolean,
  evenTick: number,
  into: Trades,
): number => {
  const { order, height, open, filled, room, share } = parts;
  const olderTick = takersSell ? SELL_TAKER : BUY_TAKER;
  let taker = from;
  for (let maker = start; maker < end; maker += 1) {
    while (open[maker]! > 0n) {
      while (taker < takers.length && share[taker] === 0n) taker += 1;
      if (taker === takers.length) return taker;
      const part = takers[taker]!;
      const seller = takersSell ? part : maker;
      const buyer = takersSell ? maker : part;
      const tick = height[maker]! < height[part]! ? olderTick : evenTick;
      const row = into.add(order[seller]!, order[buyer]!, tick);
      const { price, quantity, sellFilled, buyFilled } = into;
      price[row] = prices[at]!;
      quantity[row] = open[maker]!;
      if (share[taker]! < open[maker]!) quantity[row] = share[taker]!;
      open[maker] = BigInt.asIntN(64, open[maker]! - quantity[row]!);
      share[taker] = BigInt.asIntN(64, share[taker]! - quantity[row]!);
      room[taker] = BigInt.asIntN(64, room[taker]! - quantity[row]!);
      filled[maker] = BigInt.asIntN(64, filled[maker]! + quantity[row]!);
      filled[part] = BigInt.asIntN(64, filled[part]! + quantity[row]!);
      sellFilled[row] = filled[seller]!;
      buyFilled[row] = filled[buyer]!;
    }
  }
  return taker;
};

/** The auction's price as a column. */
const auctioned = new BigInt64Array(1);

/**
 * Uses up the parts. Orders are left as they were, so that a failure has no trace.
 *
 * @param prices - Of the candidates.
 * @param into - Gets the trades; of a failure some of them too.
 */
export const fill = (
  parts: Parts,
  prices: BigInt64Array,
  takers: readonly number[],
  terms: FillTerms,
  into: Trades,
): MatchFault | undefined => {
  const { count, takerSide, price, index, lotSize } = terms;
  const { open, weight, room, share } = parts;
  const { length } = takers;
  let total = 0n;
  for (let place = 0; place < length; place += 1) {
    weight[place] = open[takers[place]!]!;
    room[place] = weight[place]!;
    total += weight[place]!;
  }
  const heaviest = largestOf(weight, 0, length);
  share.fill(0n, 0, length);
  const takersSell = takerSide === 'sell';
  const tick = tickOf(terms.surplus);
  const runs = takersSell ? parts.buys : parts.sells;
  // From the makers' best price to the index: buys from the top down, sells from the bottom up.
  const [best, end, step] = takersSell ? [0, index + 1, 1] : [count - 1, index - 1, -1];
  const before = into.length;
  let first = 0;
  // All shares of a level are used up in it, so the next one begins with zeros again.
  const rows = { start: 0, end: length, weight, room, share };
  for (let at = best; at !== end; at += step) {
    const run = runs[at]!;
    if (run.makerOpen === 0n || prices[at]! === price) continue;
    while (first < length && room[first] === 0n) first += 1;
    rows.start = first;
    const fault = shareByLots(rows, run.makerOpen, lotSize, total, heaviest);
    if (fault !== undefined) return fault;
    trade(parts, run.start, run.takers, prices, at, takers, first, takersSell, tick, into);
    if (into.length - before > MOST_TRADES) return 'tooManyTrades';
  }
  share.set(room.subarray(0, length));
  auctioned[0] = price;
  let taker = 0;
  for (let at = best; at !== end; at += step) {
    const run = runs[at]!;
    taker = trade(parts, run.start, run.end, auctioned, 0, takers, taker, takersSell, tick, into);
  }
  return undefined;
};
