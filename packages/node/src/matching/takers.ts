/**
 * Who takes and who makes, and in which order the takers stand (matching rules §9.1, §9.2).
 * In: trimmed parts and the height of the pair's previous match. Out: the taker side and the list of takers.
 */
import type { Height } from '@dexwire/protocol';
import { type Parts, type Run, sumOf } from './parts.ts';
import type { OrderSide, RestingOrder } from './restingOrder.ts';
import type { MatchFault } from './sharing.ts';

/** Splits a run into makers and takers. @returns Whether makers have anything open. */
const split = <Order extends RestingOrder>({ orders, columns }: Parts<Order>, run: Run, last: Height): boolean => {
  let part = run.start;
  while (part < run.end && orders[part]!.height <= last) part += 1;
  run.takers = part;
  run.makerOpen = sumOf(columns.open, run.start, part);
  return run.makerOpen > 0n;
};

/** Also splits each run that can trade: buys at the index and above, sells at the index and below. */
export const takerSideOf = <Order extends RestingOrder>(
  parts: Parts<Order>,
  index: number,
  lastMatchHeight: Height,
): OrderSide | MatchFault => {
  let hasBuyMaker = false;
  for (let at = 0; at <= index; at += 1) {
    if (split(parts, parts.buys[at]!, lastMatchHeight)) hasBuyMaker = true;
  }
  for (let at = parts.sells.length - 1; at >= index; at -= 1) {
    if (split(parts, parts.sells[at]!, lastMatchHeight) && hasBuyMaker) return 'makersOnBothSides';
  }
  return hasBuyMaker ? 'sell' : 'buy';
};

/** The candidates that can trade on a side, from the best price to the index. */
export const fromBest = (side: OrderSide, index: number, count: number): number[] => {
  const found: number[] = [];
  if (side === 'buy') for (let at = 0; at <= index; at += 1) found.push(at);
  else for (let at = count - 1; at >= index; at -= 1) found.push(at);
  return found;
};

/** Takers of one level that may trade: the largest whole order first, among equals as they came. */
export const takersOfLevel = <Order extends RestingOrder>({ columns }: Parts<Order>, run: Run): number[] => {
  const { open, quantity } = columns;
  const found: number[] = [];
  for (let part = run.takers; part < run.end; part += 1) if (open[part]! > 0n) found.push(part);
  return found.sort((one, other) => {
    const a = quantity[one]!;
    const b = quantity[other]!;
    return a === b ? 0 : a > b ? -1 : 1;
  });
};

/** Parts of the takers, the most aggressive price first. */
export const takerListOf = <Order extends RestingOrder>(
  parts: Parts<Order>,
  side: OrderSide,
  index: number,
): number[] => {
  const runs = parts.runs(side);
  return fromBest(side, index, runs.length).flatMap((at) => takersOfLevel(parts, runs[at]!));
};
