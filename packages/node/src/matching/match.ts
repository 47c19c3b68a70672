/**
 * One auction of one pair: all orders that cross trade at prices found together (matching rules §7 to §9).
 * In: resting orders, the previous price, lot size and match height. Out: trades and the new price; filled orders leave.
 */
import type { Height } from '@dexwire/protocol';
import { auctionPrice } from './auctionPrice.ts';
import { accumulate, Candidates, candidatesOf } from './candidates.ts';
import { fill } from './fill.ts';
import { NONE, type Order, OrderColumns } from './orderColumns.ts';
import { Parts, type Run } from './parts.ts';
import type { RestingOrders } from './restingOrders.ts';
import type { MatchFault } from './sharing.ts';
import { takerListOf, takerSideOf } from './takers.ts';
import type { Trades } from './trades.ts';
import { cutOf, keepOnly } from './trimming.ts';

export interface MatchTerms {
  /** The previous auction price, at first the list price. Units of 1e-8, as the next. */
  readonly reference: bigint;
  readonly lotSize: bigint;
  /** Of the pair's latest attempt, 0 before the first: orders above it are takers. */
  readonly lastMatchHeight: Height;
}

interface Matched {
  readonly name: 'matched';
  /** The new reference price. */
  readonly price: bigint;
  /** Of the candidate that the auction took. */
  readonly index: number;
  /** Buys less sells at that candidate. */
  readonly surplus: bigint;
  /** Orders that left because nothing of them is open: from the highest price to the lowest, there the buys first. */
  readonly filled: readonly Order[];
}

/** Nothing was changed. */
interface MatchFailed {
  readonly name: 'failed';
  readonly fault: MatchFault;
}

export type Match = Matched | MatchFailed | { readonly name: 'none' };

const NOTHING: Match = { name: 'none' };

/** Writes down what the parts of a run say is filled: in the orders, and in the total of their level. */
const settle = (parts: Parts, { level, start, end }: Run): void => {
  if (level === NONE) return;
  const { columns, order, filled } = parts;
  const { open } = columns.levels;
  const before = columns.filled;
  for (let part = start; part < end; part += 1) {
    const at = order[part]!;
    const traded = BigInt.asIntN(64, filled[part]! - before[at]!);
    if (traded === 0n) continue;
    open[level] = BigInt.asIntN(64, open[level]! - traded);
    before[at] = filled[part]!;
  }
};

const sweep = (orders: RestingOrders, { order, filled, quantity }: Parts, { start, end }: Run, gone: Order[]): void => {
  for (let part = start; part < end; part += 1) {
    if (filled[part]! !== quantity[part]!) continue;
    gone.push(order[part]!);
    orders.remove(order[part]!);
  }
};

/**
 * Takes the orders of all runs that have nothing open out of the book: by candidate, there the buys first.
 *
 * @param count - Of how many candidates the parts are.
 */
export const removeFilled = (orders: RestingOrders, parts: Parts, count: number): Order[] => {
  const gone: Order[] = [];
  for (let at = 0; at < count; at += 1) {
    sweep(orders, parts, parts.buys[at]!, gone);
    sweep(orders, parts, parts.sells[at]!, gone);
  }
  return gone;
};

/** Used by one auction at a time; what is left in them means nothing. */
const scratch = new Parts(new OrderColumns());
const scratchCandidates = new Candidates();

/** @param into - Gets the trades, in the order made, after those that it has. */
export const match = (
  orders: RestingOrders,
  { reference, lotSize, lastMatchHeight }: MatchTerms,
  into: Trades,
): Match => {
  const { columns } = orders;
  const candidates = candidatesOf(orders, scratchCandidates);
  const { length: count, price: prices, buys, sells } = candidates;
  if (count === 0) return NOTHING;
  const before = into.length;
  const failed = (fault: MatchFault): MatchFailed => {
    into.length = before;
    return { name: 'failed', fault };
  };
  accumulate(columns.levels, candidates);
  const { price, index } = auctionPrice(candidates, reference);
  const { open } = columns.levels;
  const cut = cutOf(index, candidates, (side, at) => {
    const level = (side === 'buy' ? buys : sells)[at]!;
    return level === NONE ? 0n : open[level]!;
  });
  if (typeof cut === 'string') return failed(cut);
  const parts = scratch;
  parts.reset(columns);
  for (let at = 0; at < count; at += 1) {
    const here = cut?.at === at ? cut : undefined;
    parts.add('buy', at <= index ? buys[at]! : NONE, here?.side === 'buy' ? here.keep : undefined);
    parts.add('sell', at >= index ? sells[at]! : NONE, here?.side === 'sell' ? here.keep : undefined);
  }
  const fault = cut && keepOnly(parts, parts.runs(cut.side)[cut.at]!, cut.keep, lotSize);
  if (fault !== undefined) return failed(fault);
  const takerSide = takerSideOf(parts, count, index, lastMatchHeight);
  if (takerSide !== 'buy' && takerSide !== 'sell') return failed(takerSide);
  const surplus = candidates.surplus[index]!;
  const takers = takerListOf(parts, count, takerSide, index);
  const broken = fill(parts, prices, takers, { count, takerSide, price, index, surplus, lotSize }, into);
  if (broken !== undefined) return failed(broken);
  for (let at = 0; at < count; at += 1) {
    settle(parts, parts.buys[at]!);
    settle(parts, parts.sells[at]!);
  }
  return { name: 'matched', price, index, surplus, filled: removeFilled(orders, parts, count) };
};
