/**
 * Lets takers and makers trade: makers at their own price first, then all that is left at the auction price.
 * In: trimmed and split parts, the list of takers. Out: trades in the order made (matching rules §9.3 to §9.5).
 */
import type { TickType } from '@dexwire/protocol';
import type { Parts, Run } from './parts.ts';
import type { OrderSide, RestingOrder } from './restingOrder.ts';
import { largestOf, type MatchFault, shareByLots } from './sharing.ts';
import { fromBest } from './takers.ts';

/** Quantities and prices are int64, units of 1e-8. */
export interface Trade<Order extends RestingOrder = RestingOrder> {
  readonly sell: Order;
  readonly buy: Order;
  readonly price: bigint;
  readonly quantity: bigint;
  /** What of either order is filled after this trade. */
  readonly sellFilled: bigint;
  readonly buyFilled: bigint;
  readonly tick: TickType;
}

export interface FillTerms {
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

class Filling<Order extends RestingOrder> {
  readonly trades: Trade<Order>[] = [];
  readonly #parts: Parts<Order>;
  /** Parts. Their places in this list are the rows of `weight`, `room` and `share`. */
  readonly #takers: readonly number[];
  readonly #takersSell: boolean;
  readonly #tick: TickType;

  constructor(parts: Parts<Order>, takers: readonly number[], { takerSide, surplus }: FillTerms) {
    this.#parts = parts;
    this.#takers = takers;
    this.#takersSell = takerSide === 'sell';
    this.#tick = surplus < 0n ? 'sellSurplus' : surplus > 0n ? 'buySurplus' : 'neutral';
  }

  /**
   * Makers from `start` up to, and without, `end` against the takers' shares, both in order.
   *
   * @param from - Place of the first taker that may have a share.
   * @returns Place of the first taker that may still have one.
   */
  trade(start: number, end: number, price: bigint, from: number): number {
    const { orders, columns } = this.#parts;
    const { open, filled, room, share } = columns;
    const takers = this.#takers;
    let taker = from;
    for (let maker = start; maker < end; maker += 1) {
      while (open[maker]! > 0n) {
        while (taker < takers.length && share[taker] === 0n) taker += 1;
        if (taker === takers.length) return taker;
        const part = takers[taker]!;
        const quantity = open[maker]! < share[taker]! ? open[maker]! : share[taker]!;
        open[maker] = BigInt.asIntN(64, open[maker]! - quantity);
        share[taker] = BigInt.asIntN(64, share[taker]! - quantity);
        room[taker] = BigInt.asIntN(64, room[taker]! - quantity);
        filled[maker] = BigInt.asIntN(64, filled[maker]! + quantity);
        filled[part] = BigInt.asIntN(64, filled[part]! + quantity);
        this.#push(orders[maker]!, orders[part]!, price, quantity, filled[maker]!, filled[part]!);
      }
    }
    return taker;
  }

  #push(maker: Order, taker: Order, price: bigint, quantity: bigint, made: bigint, taken: bigint): void {
    const older = maker.height < taker.height;
    this.trades.push(
      this.#takersSell
        ? {
            sell: taker,
            buy: maker,
            price,
            quantity,
            sellFilled: taken,
            buyFilled: made,
            tick: older ? 'sellTaker' : this.#tick,
          }
        : {
            sell: maker,
            buy: taker,
            price,
            quantity,
            sellFilled: made,
            buyFilled: taken,
            tick: older ? 'buyTaker' : this.#tick,
          },
    );
  }
}

/** Uses up the parts. Orders are left as they were, so that a failure has no trace. */
export const fill = <Order extends RestingOrder>(
  parts: Parts<Order>,
  prices: BigInt64Array,
  takers: readonly number[],
  terms: FillTerms,
): Trade<Order>[] | MatchFault => {
  const { takerSide, price, index, lotSize } = terms;
  const { open, weight, room, share } = parts.columns;
  const count = takers.length;
  let total = 0n;
  for (let place = 0; place < count; place += 1) {
    weight[place] = open[takers[place]!]!;
    room[place] = weight[place]!;
    total += weight[place]!;
  }
  const heaviest = largestOf(weight, 0, count);
  share.fill(0n, 0, count);
  let first = 0;
  const filling = new Filling(parts, takers, terms);
  const runs: Run[] = parts.runs(takerSide === 'buy' ? 'sell' : 'buy');
  const levels = fromBest(takerSide === 'buy' ? 'sell' : 'buy', index, runs.length);
  // All shares of a level are used up in it, so the next one begins with zeros again.
  const rows = { start: 0, end: count, weight, room, share };
  for (const at of levels) {
    const run = runs[at]!;
    if (run.makerOpen === 0n || prices[at] === price) continue;
    while (first < count && room[first] === 0n) first += 1;
    rows.start = first;
    const fault = shareByLots(rows, run.makerOpen, lotSize, total, heaviest);
    if (fault !== undefined) return fault;
    filling.trade(run.start, run.takers, prices[at]!, first);
    if (filling.trades.length > MOST_TRADES) return 'tooManyTrades';
  }
  share.set(room.subarray(0, count));
  let taker = 0;
  for (const at of levels) {
    const run = runs[at]!;
    taker = filling.trade(run.start, run.end, price, taker);
  }
  return filling.trades;
};
