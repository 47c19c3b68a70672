/**
 * Shares a quantity by whole lots in proportion to weights, and hands out the rest in rounds (matching rules §8, §9.3).
 * In: columns of weights and of the most that each may get. Out: a column of shares, or why it cannot be done.
 */
import { MAX_INT64 } from './candidates.ts';

/**
 * Why an auction fails (matching rules §12.4, §16 trap 9): sharing needs a lot size above zero; more is to be shared than there is
 * room for; more is to be cut from a level than it has; both sides have makers; there would be more trades than are made at once.
 */
export type MatchFault = 'lotSize' | 'noRoom' | 'excess' | 'makersOnBothSides' | 'tooManyTrades';

/** Rows of the columns, from `start` up to, and without, `end`. */
export interface Rows {
  readonly start: number;
  readonly end: number;
  readonly weight: BigInt64Array;
  /** The most that a row may get. */
  readonly room: BigInt64Array;
  /** Zeros, to begin with. */
  readonly share: BigInt64Array;
}

/**
 * Gives each row its whole lots: `lotSize * floor(lots * weight / total)`, at most its room.
 *
 * @returns What is left of the amount.
 */
const giveLots = (rows: Rows, amount: bigint, lotSize: bigint, total: bigint, heaviest: bigint): bigint => {
  const { start, end, weight, room, share } = rows;
  const lots = BigInt.asIntN(64, amount / lotSize);
  const most = lots * heaviest;
  if (most < total) return amount;
  let left = BigInt.asIntN(64, amount);
  // Below the product's bound `total` fits int64 too.
  if (most > MAX_INT64) {
    for (let row = start; row < end; row += 1) {
      const given = lotSize * ((lots * weight[row]!) / total);
      share[row] = given < room[row]! ? given : room[row]!;
      left -= share[row]!;
    }
    return left;
  }
  const lot = BigInt.asIntN(64, lotSize);
  const divisor = BigInt.asIntN(64, total);
  for (let row = start; row < end; row += 1) {
    const free = room[row]!;
    const given = BigInt.asIntN(64, lot * BigInt.asIntN(64, BigInt.asIntN(64, lots * weight[row]!) / divisor));
    share[row] = given < free ? given : free;
    left = BigInt.asIntN(64, left - share[row]!);
  }
  return left;
};

/** Hands out what is left, a lot at a time, round by round to all that have room. @returns What nobody has room for. */
const handOut = ({ start, end, room, share }: Rows, amount: bigint, lotSize: bigint): bigint => {
  let left = BigInt.asIntN(64, amount);
  const lot = BigInt.asIntN(64, lotSize);
  let waiting: number[] = [];
  for (let row = start; row < end && left > 0n; row += 1) {
    let more = BigInt.asIntN(64, room[row]! - share[row]!);
    if (more === 0n) continue;
    if (more > lot) {
      more = lot;
      waiting.push(row);
    }
    if (more > left) more = left;
    share[row] = BigInt.asIntN(64, share[row]! + more);
    left = BigInt.asIntN(64, left - more);
  }
  while (left > 0n && waiting.length > 0) {
    // Several rounds at once, as long as nobody's room ends in them: all get the same.
    const count = BigInt.asIntN(64, BigInt(waiting.length));
    let least = MAX_INT64;
    for (const row of waiting) {
      const more = BigInt.asIntN(64, room[row]! - share[row]!);
      if (more < least) least = more;
    }
    let rounds = BigInt.asIntN(64, BigInt.asIntN(64, left / lot) / count);
    const most = BigInt.asIntN(64, least / lot);
    if (most < rounds) rounds = most;
    if (rounds > 0n) {
      const each = BigInt.asIntN(64, rounds * lot);
      for (const row of waiting) share[row] = BigInt.asIntN(64, share[row]! + each);
      left = BigInt.asIntN(64, left - BigInt.asIntN(64, each * count));
    }
    const still: number[] = [];
    for (const row of waiting) {
      const more = BigInt.asIntN(64, room[row]! - share[row]!);
      let given = more < lot ? more : lot;
      if (given > left) given = left;
      share[row] = BigInt.asIntN(64, share[row]! + given);
      left = BigInt.asIntN(64, left - given);
      if (more > given) still.push(row);
    }
    waiting = still;
  }
  return left;
};

/**
 * @param amount - What is shared, 0 to `MAX_INT64`.
 * @param total - Sum of the weights.
 * @param heaviest - The largest of them.
 */
export const shareByLots = (
  rows: Rows,
  amount: bigint,
  lotSize: bigint,
  total: bigint,
  heaviest: bigint,
): MatchFault | undefined => {
  if (lotSize <= 0n) return 'lotSize';
  return handOut(rows, giveLots(rows, amount, lotSize, total, heaviest), lotSize) > 0n ? 'noRoom' : undefined;
};

/** The largest value from `start` up to, and without, `end`; 0 when there is none. */
export const largestOf = (column: BigInt64Array, start: number, end: number): bigint => {
  let largest = 0n;
  for (let i = start; i < end; i += 1) if (column[i]! > largest) largest = column[i]!;
  return largest;
};
