/**
 * One auction of one pair: all orders that cross trade at prices found together (matching rules §7 to §9).
 * In: resting orders, the previous price, lot size and match height. Out: trades and the new price; filled orders leave.
 */
import type { Height } from '@dexwire/protocol';
import { auctionPrice } from './auctionPrice.ts';
import { Accumulated, accumulate, candidatesOf } from './candidates.ts';
import { fill, type Trade } from './fill.ts';
import { Columns, Parts, type Run } from './parts.ts';
import type { RestingOrder } from './restingOrder.ts';
import type { RestingOrders } from './restingOrders.ts';
import type { MatchFault } from './sharing.ts';
import { takerListOf, takerSideOf } from './takers.ts';
import { cutOf, keepOnly } from './trimming.ts';

export type { Trade } from './fill.ts';

export interface MatchTerms {
  /** The previous auction price, at first the list price. Units of 1e-8, as the next. */
  readonly reference: bigint;
  readonly lotSize: bigint;
  /** Of the pair's latest attempt, 0 before the first: orders above it are takers. */
  readonly lastMatchHeight: Height;
}

interface Matched<Order extends RestingOrder> {
  readonly name: 'matched';
  /** The new reference price. */
  readonly price: bigint;
  /** Of the candidate that the auction took. */
  readonly index: number;
  /** Buys less sells at that candidate. */
  readonly surplus: bigint;
  /** In the order made. */
  readonly trades: Trade<Order>[];
  /** Orders that left because nothing of them is open: from the highest price to the lowest, there the buys first. */
  readonly filled: Order[];
}

/** Nothing was changed. */
interface MatchFailed {
  readonly name: 'failed';
  readonly fault: MatchFault;
}

export type Match<Order extends RestingOrder> = Matched<Order> | MatchFailed | { readonly name: 'none' };

/** Writes down in the totals of the levels what the parts say is filled; the orders do not know of it yet. */
const settle = <Order extends RestingOrder>(parts: Parts<Order>, runs: readonly Run<Order>[]): void => {
  const { orders } = parts;
  const { filled } = parts.columns;
  for (const { level, start, end } of runs) {
    if (level === undefined) continue;
    let traded = 0n;
    for (let part = start; part < end; part += 1)
      traded = BigInt.asIntN(64, traded + BigInt.asIntN(64, filled[part]! - BigInt.asIntN(64, orders[part]!.filled)));
    if (traded > 0n) level.open -= traded;
  }
};

/** Takes the orders of all runs that have nothing open out of the book: by candidate, there the buys first. */
export const removeFilled = <Order extends RestingOrder>(
  orders: RestingOrders<Order>,
  parts: Parts<Order>,
): Order[] => {
  const gone: Order[] = [];
  const { filled, quantity } = parts.columns;
  const sweep = ({ start, end }: Run<Order>): void => {
    for (let part = start; part < end; part += 1) {
      if (filled[part]! !== quantity[part]!) continue;
      const order = parts.orders[part]!;
      gone.push(order);
      orders.remove(order);
    }
  };
  parts.buys.forEach((run, at) => {
    sweep(run);
    sweep(parts.sells[at]!);
  });
  return gone;
};

/** Used by one auction at a time; what is left in them means nothing. */
const scratch = new Columns();
const scratchTotals = new Accumulated();

export const match = <Order extends RestingOrder>(
  orders: RestingOrders<Order>,
  { reference, lotSize, lastMatchHeight }: MatchTerms,
): Match<Order> => {
  const candidates = candidatesOf(orders);
  if (candidates.length === 0) return { name: 'none' };
  const failed = (fault: MatchFault): MatchFailed => ({ name: 'failed', fault });
  const totals = accumulate(candidates, scratchTotals);
  const { price, index } = auctionPrice(totals, reference);
  const cut = cutOf(index, totals, (side, at) => candidates[at]![side === 'buy' ? 'buys' : 'sells']?.open ?? 0n);
  if (typeof cut === 'string') return failed(cut);
  const parts = new Parts<Order>(scratch);
  for (let at = 0; at < candidates.length; at += 1) {
    const { buys, sells } = candidates[at]!;
    const here = cut?.at === at ? cut : undefined;
    parts.add('buy', at <= index ? buys : undefined, here?.side === 'buy' ? here.keep : undefined);
    parts.add('sell', at >= index ? sells : undefined, here?.side === 'sell' ? here.keep : undefined);
  }
  const fault = cut && keepOnly(parts, parts.runs(cut.side)[cut.at]!, cut.keep, lotSize);
  if (fault !== undefined) return failed(fault);
  const takerSide = takerSideOf(parts, index, lastMatchHeight);
  if (takerSide !== 'buy' && takerSide !== 'sell') return failed(takerSide);
  const surplus = totals.surplus[index]!;
  const takers = takerListOf(parts, takerSide, index);
  const trades = fill(parts, totals.price, takers, { takerSide, price, index, surplus, lotSize });
  if (typeof trades === 'string') return failed(trades);
  settle(parts, parts.buys);
  settle(parts, parts.sells);
  // The totals of the trades are at hand: nothing is made anew.
  for (const { sell, buy, sellFilled, buyFilled } of trades) {
    sell.filled = sellFilled;
    buy.filled = buyFilled;
  }
  const filled = removeFilled(orders, parts);
  return { name: 'matched', price, index, surplus, trades, filled };
};
