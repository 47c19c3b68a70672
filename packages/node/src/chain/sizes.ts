/**
 * Tick and lot sizes from prices, and how both follow the market (matching rules §13).
 * In: prices in units of 1e-8, the pairs and their price history. Out: sizes; new ones for a pair in a breathe block.
 */
import { NATIVE } from './ledger.ts';
import { MAX, UNIT } from './notional.ts';
import type { Pair, State } from './state.ts';

/** What sizes are looked up in: any pair by its symbol. */
export interface Prices {
  readonly pairs: ReadonlyMap<string, Pick<Pair, 'reference' | 'history'>>;
  readonly busd: string | undefined;
}

/** With fewer prices in its history a pair keeps its sizes. */
const ENTRIES_FOR_UPDATE = 500;
const HISTORY_ENTRIES = 2_000;
const TICK_DIGITS = 5;
const LOT_DIGITS = 13;

/** From here on the original's floating point and the digits of the number part ways. */
const EXACT_BELOW = 1_000_000_000_000_000n;

/**
 * `floor(log10(price))` as the original computes it: exact below 10^15, above with the errors of its floating point
 * (reference: Go's `math.Log10`, then the natural logarithm times `1 / ln 10`).
 */
const magnitude = (price: bigint): number =>
  price < EXACT_BELOW ? price.toString().length - 1 : Math.floor(Math.log(Number(price)) * Math.LOG10E);

/** Step of prices. A price of 0 or less, which no pair has, gives the finest. */
export const tickSizeOf = (price: bigint): bigint =>
  price <= 0n ? 1n : 10n ** BigInt(Math.max(magnitude(price) - TICK_DIGITS, 0));

/** Step of quantities, by the base asset's price against BNB. */
export const lotSizeOf = (nativePrice: bigint): bigint =>
  10n ** BigInt(nativePrice <= 0n ? LOT_DIGITS : Math.max(LOT_DIGITS - magnitude(nativePrice), 0));

/** `floor(sum(i * p_i) / (n * (n + 1) / 2))`, oldest first; later prices weigh more. 0 without prices. */
export const weightedAverage = (prices: readonly bigint[]): bigint => {
  let sum = 0n;
  let weight = 0n;
  for (const price of prices) {
    weight += 1n;
    sum += weight * price;
  }
  return weight === 0n ? 0n : sum / ((weight * (weight + 1n)) / 2n);
};

/** A pair's average price, or its last one while it has no history. Undefined for no pair, or no price. */
const recentPrice = (prices: Prices, base: string, quote: string): bigint | undefined => {
  const pair = prices.pairs.get(`${base}_${quote}`);
  if (pair === undefined) return undefined;
  return (pair.history.length > 0 ? weightedAverage(pair.history) : pair.reference) || undefined;
};

/** Price of one asset in another, from their pair, whichever way round it is listed. */
const priceIn = (prices: Prices, asset: string, other: string): bigint | undefined => {
  const direct = recentPrice(prices, asset, other);
  if (direct !== undefined) return direct;
  const inverse = recentPrice(prices, other, asset);
  return inverse === undefined ? undefined : (UNIT * UNIT) / inverse;
};

/** @param price - The pair's own: its average, or at listing the listing price. */
export const lotSizeOfPair = (prices: Prices, base: string, quote: string, price: bigint): bigint =>
  lotSizeOf(nativePrice(prices, base, quote, price));

const nativePrice = (prices: Prices, base: string, quote: string, price: bigint): bigint => {
  if (base === NATIVE) return UNIT;
  if (quote === NATIVE) return price;
  const direct = priceIn(prices, base, NATIVE);
  if (direct !== undefined) return direct;
  const { busd } = prices;
  const busdPrice = busd === undefined ? undefined : priceIn(prices, busd, NATIVE);
  if (busd === undefined || busdPrice === undefined) return 0n;
  const through = ((priceIn(prices, base, busd) ?? price) * busdPrice) / UNIT;
  return through > MAX ? MAX : through;
};

/** Each 1,000th block: every pair's last price, traded or not, joins its history. */
export const rememberPrices = (pairs: Iterable<Pick<Pair, 'reference' | 'history'>>): void => {
  for (const { history, reference } of pairs) {
    history.push(reference);
    if (history.length > HISTORY_ENTRIES) history.shift();
  }
};

/** In a breathe block: sizes of the pairs with enough history. Pairs of one base share a lot. */
export const updateSizes = (state: State): void => {
  const lots = new Map<string, bigint>();
  const pairs = [...state.pairs.values()].sort((a, b) => (a.symbol < b.symbol ? -1 : 1));
  for (const pair of pairs) {
    if (pair.history.length < ENTRIES_FOR_UPDATE) continue;
    const price = weightedAverage(pair.history);
    const lot = lots.get(pair.base) ?? lotSizeOfPair(state, pair.base, pair.quote, price);
    lots.set(pair.base, lot);
    pair.tickSize = tickSizeOf(price);
    pair.lotSize = lot;
    pair.matchLotSize = lot;
  }
};
