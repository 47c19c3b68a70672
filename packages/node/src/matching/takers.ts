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

/** Longer lists are sorted by the engine, whose way pays for them only. */
const SHORT = 32;

/**
 * Takers of one level that may trade: the largest whole order first, among equals as they came.
 *
 * @param into - They are added to it.
 */
export const takersOfLevel = <Order extends RestingOrder>(
  { columns }: Parts<Order>,
  run: Run,
  into: number[] = [],
): number[] => {
  const { open, quantity } = columns;
  const start = into.length;
  for (let part = run.takers; part < run.end; part += 1) if (open[part]! > 0n) into.push(part);
  if (into.length - start > SHORT) {
    const sorted = into.splice(start).sort((one, other) => {
      const a = quantity[one]!;
      const b = quantity[other]!;
      return a === b ? 0 : a > b ? -1 : 1;
    });
    for (const part of sorted) into.push(part);
    return into;
  }
  for (let place = start + 1; place < into.length; place += 1) {
    const part = into[place]!;
    let to = place;
    for (; to > start && quantity[into[to - 1]!]! < quantity[part]!; to -= 1) into[to] = into[to - 1]!;
    into[to] = part;
  }
  return into;
};

/** Parts of the takers, the most aggressive price first. */
export const takerListOf = <Order extends RestingOrder>(
  parts: Parts<Order>,
  side: OrderSide,
  index: number,
): number[] => {
  const runs = parts.runs(side);
  const takers: number[] = [];
  for (const at of fromBest(side, index, runs.length)) takersOfLevel(parts, runs[at]!, takers);
  return takers;
};
