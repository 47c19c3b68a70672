/**
 * Takes from the longer side what cannot trade, all of it from one level (matching rules §8).
 * In: parts, the auction's index and its totals. Out: smaller parts; an older block's orders keep theirs first.
 */
import type { Candidates } from './candidates.ts';
import type { OrderSide } from './orderColumns.ts';
import { type Parts, type Run, sumOf } from './parts.ts';
import { largestOf, type MatchFault, shareByLots } from './sharing.ts';

/**
 * Shares `left` among orders of one height, the parts from `start` up to, and without, `end`: all of it if it is enough.
 *
 * @returns What is still left, or why it failed; then nothing was changed.
 */
export const allocate = (
  { open, share }: Pick<Parts, 'open' | 'share'>,
  start: number,
  end: number,
  left: bigint,
  lotSize: bigint,
): bigint | MatchFault => {
  const total = sumOf(open, start, end);
  if (total <= left) return left - total;
  if (end - start === 1) open[start] = left;
  else {
    share.fill(0n, start, end);
    const rows = { start, end, weight: open, room: open, share };
    const fault = shareByLots(rows, left, lotSize, total, largestOf(open, start, end));
    if (fault !== undefined) return fault;
    open.set(share.subarray(start, end), start);
  }
  return 0n;
};

/** Leaves `keep` to a run of parts, or to less than all orders of a level, see `Parts.add`. */
export const keepOnly = (parts: Parts, { start, end }: Run, keep: bigint, lotSize: bigint): MatchFault | undefined => {
  const { height: heights, open } = parts;
  let left = keep;
  let group = start;
  while (group < end) {
    const height = heights[group]!;
    let next = group + 1;
    while (next < end && heights[next] === height) next += 1;
    const rest = allocate(parts, group, next, left, lotSize);
    if (typeof rest === 'string') return rest;
    left = rest;
    group = next;
    if (left > 0n) continue;
    open.fill(0n, group, end);
    break;
  }
  return undefined;
};

/** What the longer side's last level may still trade. */
export interface Cut {
  readonly side: OrderSide;
  /** Index of the level's candidate. */
  readonly at: number;
  readonly keep: bigint;
}

/** @param open - Open total of a level. The original refuses to cut nothing, or more than there is. */
export const cutFrom = (side: OrderSide, at: number, open: bigint, excess: bigint): Cut | MatchFault =>
  excess <= 0n || excess > open ? 'excess' : { side, at, keep: open - excess };

/**
 * Where the longer side is cut: at the level nearest to the index that has orders.
 *
 * @param openOf - Open total of a side at a candidate.
 * @returns undefined when both sides are as long.
 */
export const cutOf = (
  index: number,
  { length, buyTotal, sellTotal, exec }: Pick<Candidates, 'length' | 'buyTotal' | 'sellTotal' | 'exec'>,
  openOf: (side: OrderSide, at: number) => bigint,
): Cut | MatchFault | undefined => {
  const executed = exec[index]!;
  const side = buyTotal[index]! > executed ? 'buy' : 'sell';
  const excess = (side === 'buy' ? buyTotal[index]! : sellTotal[index]!) - executed;
  if (excess === 0n) return undefined;
  const step = side === 'buy' ? -1 : 1;
  for (let at = index; at >= 0 && at < length; at += step) {
    const open = openOf(side, at);
    if (open > 0n) return cutFrom(side, at, open, excess);
  }
  return 'excess';
};
