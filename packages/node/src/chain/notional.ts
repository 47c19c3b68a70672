/**
 * Products of int64 amounts that are divided again, rounded down (matching rules §1).
 * In: amounts in units of 1e-8, not negative. Out: exact results; the caller looks whether they fit 64 bits.
 *
 * `BigInt.asIntN(64, ...)` round an operation lets V8 do it on machine words. It is used where the result is known to fit.
 */

/** The largest int64. */
export const MAX = 9_223_372_036_854_775_807n;

/** One whole unit of an asset, and what prices are scaled by. */
export const UNIT = 100_000_000n;

/** A factor up to this times anything below `UNIT` fits 64 bits, and so does it times `WIDE / UNIT`. */
const NARROW = 92_233_720_368n;
const WIDE = 10_000_000_000_000_000n;

/** `floor(a * b / 10^8)` for `a` up to `NARROW` and `b` up to `WIDE`. */
const split = (a: bigint, b: bigint): bigint => {
  const whole = BigInt.asIntN(64, b / UNIT);
  const rest = BigInt.asIntN(64, b - BigInt.asIntN(64, whole * UNIT));
  return BigInt.asIntN(64, BigInt.asIntN(64, a * whole) + BigInt.asIntN(64, BigInt.asIntN(64, a * rest) / UNIT));
};

/** What a quantity costs at a price: `floor(price * quantity / 10^8)`. It may pass `MAX`. */
export const notional = (price: bigint, quantity: bigint): bigint => {
  if (price <= NARROW && quantity <= WIDE) return split(price, quantity);
  if (quantity <= NARROW && price <= WIDE) return split(quantity, price);
  return (price * quantity) / UNIT;
};

/** The same into a row of a column, where it must fit: so nothing is made of amounts that come from columns. */
export const writeNotional = (into: BigInt64Array, row: number, price: bigint, quantity: bigint): void => {
  if (price <= NARROW && quantity <= WIDE) into[row] = split(price, quantity);
  else into[row] = BigInt.asIntN(64, notional(price, quantity));
};

/** What rates are parts of; amounts up to the next, times a rate up to it, fit int64. */
export const MILLION = 1_000_000n;
export const SAFE_FOR_RATE = MAX / MILLION;

/** `floor(amount * rate / 10^6)`. It may pass `MAX` if the amount does. */
export const perMillion = (amount: bigint, rate: bigint): bigint =>
  amount <= SAFE_FOR_RATE && rate <= MILLION
    ? BigInt.asIntN(64, BigInt.asIntN(64, amount * rate) / MILLION)
    : (amount * rate) / MILLION;
