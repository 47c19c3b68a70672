/**
 * Which of the candidate prices the auction takes (matching rules §7.3).
 * In: columns of candidates from the highest price to the lowest, and the previous price. Out: price and index.
 */
import type { Candidates } from './candidates.ts';
import type { OrderSide } from './orderColumns.ts';

/** How far from the previous price a price may be taken that only one side's surplus speaks for. */
const PRICE_LIMIT = 0.05;

export interface AuctionPrice {
  /** May lie between two candidates, at a price that nobody named. */
  readonly price: bigint;
  /** Of the candidate at the price, or else of the nearest above it among those in question. */
  readonly index: number;
}

/** Step 1: the largest volume and the rows that have it. */
export const mostExecuted = (exec: BigInt64Array, length = exec.length): { value: bigint; index: number[] } => {
  let most = 0;
  for (let row = 1; row < length; row += 1) if (exec[row]! > exec[most]!) most = row;
  const index: number[] = [];
  for (let row = most; row < length; row += 1) if (exec[row]! === exec[most]!) index.push(row);
  return { value: exec[most] ?? 0n, index };
};

/** Step 2: of some rows, those with the smallest surplus, whatever its sign. */
export const leastSurplus = (
  surplus: BigInt64Array,
  rows: readonly number[],
): { value: bigint; index: number[]; surplus: bigint[] } => {
  let value: bigint | undefined;
  let index: number[] = [];
  for (const row of rows) {
    const found = surplus[row]!;
    const size = found < 0n ? -found : found;
    if (value === undefined || size < value) {
      value = size;
      index = [row];
    } else if (size === value) index.push(row);
  }
  return { value: value ?? 0n, index, surplus: index.map((row) => surplus[row]!) };
};

/**
 * The price closest to `target`: itself if it lies between two of the rows.
 *
 * @param rows - At least one, ascending: so from the highest price to the lowest.
 */
export const closestTo = (prices: BigInt64Array, rows: readonly number[], target: bigint): AuctionPrice => {
  let above: number | undefined;
  for (const row of rows) {
    const price = prices[row]!;
    if (price === target) return { price, index: row };
    if (price < target) return above === undefined ? { price, index: row } : { price: target, index: above };
    above = row;
  }
  return { price: prices[above!]!, index: above! };
};

/** Step 3. The limits are products in IEEE double precision, rounded outwards: so the original has them. */
export const underPressure = (
  side: OrderSide,
  prices: BigInt64Array,
  rows: readonly number[],
  reference: bigint,
  limit: number,
): AuctionPrice => {
  const top = rows[0]!;
  const bottom = rows.at(-1)!;
  const highest = prices[top]!;
  const lowest = prices[bottom]!;
  const lower = BigInt(Math.floor(Number(reference) * (1.0 - limit)));
  const upper = BigInt(Math.ceil(Number(reference) * (1.0 + limit)));
  if (lower > highest) return { price: highest, index: top };
  if (lowest > upper) return { price: lowest, index: bottom };
  if (side === 'buy') return upper > highest ? { price: highest, index: top } : closestTo(prices, rows, upper);
  return lower < lowest ? { price: lowest, index: bottom } : closestTo(prices, rows, lower);
};

/** All steps. @param columns - Of at least one row. */
export const auctionPrice = (
  { length, price, exec, surplus }: Pick<Candidates, 'length' | 'price' | 'exec' | 'surplus'>,
  reference: bigint,
  limit = PRICE_LIMIT,
): AuctionPrice => {
  const most = mostExecuted(exec, length);
  const only = (index: number): AuctionPrice => ({ price: price[index]!, index });
  if (most.index.length === 1) return only(most.index[0]!);
  const least = leastSurplus(surplus, most.index);
  if (least.index.length === 1) return only(least.index[0]!);
  if (least.surplus.every((value) => value > 0n)) return underPressure('buy', price, least.index, reference, limit);
  if (least.surplus.every((value) => value < 0n)) return underPressure('sell', price, least.index, reference, limit);
  return closestTo(price, least.index, reference);
};
