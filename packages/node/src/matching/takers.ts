/**
 * Who takes and who makes, and in which order the takers stand (matching rules §9.1, §9.2).
 * In: trimmed parts and the height of the pair's previous match. Out: the taker side and the list of takers.
 */
import type { Height } from '@dexwire/protocol';
import type { OrderSide } from './orderColumns.ts';
import { type Parts, type Run, sumOf } from './parts.ts';
import type { MatchFault } from './sharing.ts';

/** Splits a run into makers and takers. @returns Whether makers have anything open. */
const split = ({ height, open }: Parts, run: Run, last: Height): boolean => {
  let part = run.start;
  while (part < run.end && height[part]! <= last) part += 1;
  run.takers = part;
  run.makerOpen = part === run.start ? 0n : sumOf(open, run.start, part);
  return run.makerOpen > 0n;
};

/**
 * Also splits each run that can trade: buys at the index and above, sells at the index and below.
 *
 * @param count - Of how many candidates the parts are.
 */
export const takerSideOf = (
  parts: Parts,
  count: number,
  index: number,
  lastMatchHeight: Height,
): OrderSide | MatchFault => {
  let hasBuyMaker = false;
  for (let at = 0; at <= index; at += 1) {
    if (split(parts, parts.buys[at]!, lastMatchHeight)) hasBuyMaker = true;
  }
  for (let at = count - 1; at >= index; at -= 1) {
    if (split(parts, parts.sells[at]!, lastMatchHeight) && hasBuyMaker) return 'makersOnBothSides';
  }
  return hasBuyMaker ? 'sell' : 'buy';
};

/** Longer lists are sorted by the engine, whose way pays for them only. */
const SHORT = 32;

/**
 * Takers of one level that may trade: the largest whole order first, among equals as they came.
 *
 * @param into - They are added to it.
 */
export const takersOfLevel = ({ open, quantity }: Parts, run: Run, into: number[] = []): number[] => {
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

/** Parts of the takers, the most aggressive price first. @param count - Of how many candidates the parts are. */
export const takerListOf = (parts: Parts, count: number, side: OrderSide, index: number): number[] => {
  const takers: number[] = [];
  if (side === 'buy') for (let at = 0; at <= index; at += 1) takersOfLevel(parts, parts.buys[at]!, takers);
  else for (let at = count - 1; at >= index; at -= 1) takersOfLevel(parts, parts.sells[at]!, takers);
  return takers;
};
