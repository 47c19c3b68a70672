/**
 * Arithmetic and order of decimal texts: exact at any scale, by way of bigint, never of `number`.
 * In: decimal texts, whole counts of a decimal unit, or a `number` together with the way to round it.
 * Out: decimal texts without exponents, bigint units, orderings; a `ValueError` for what is no decimal.
 *
 * The scale of a text is how many digits stand behind its point: `1.50` has scale 2 and 150 units.
 */
import { ValueError } from './errors.ts';
import type { Decimal } from './units.ts';

/**
 * What becomes of digits that do not fit. `exact` throws, `floor` and `ceil` go down and up, `trunc` towards zero;
 * `halfUp` and `halfEven` go to the nearest, a tie away from zero or to the even digit.
 */
export type Rounding = 'exact' | 'floor' | 'ceil' | 'trunc' | 'halfUp' | 'halfEven';

/** The longest text that is a decimal, and the largest scale. It bounds the work that a hostile text can cause. */
const MOST = 1_000;
const FORM = /^-?\d+(\.\d+)?$/;

/** Whether a value is decimal text: perhaps a minus, digits, perhaps a point and digits; at most 1,000 characters. */
export const isDecimal = (value: unknown): value is Decimal =>
  typeof value === 'string' && value.length <= MOST && FORM.test(value);

/**
 * The text itself, known to be a decimal. Nothing is normalised: `1.50` stays `1.50`.
 *
 * @throws ValueError `DECIMAL_INVALID`.
 */
export const parseDecimal = (text: string): Decimal => {
  if (isDecimal(text)) return text;
  throw new ValueError('DECIMAL_INVALID', text, `a decimal such as -12.50, of at most ${MOST} characters`);
};

const scaleOf = (d: Decimal): number => {
  const point = d.indexOf('.');
  return point < 0 ? 0 : d.length - point - 1;
};

const unitsOf = (d: Decimal): bigint => BigInt(d.replace('.', ''));

const power = (scale: number): bigint => 10n ** BigInt(scale);

const checkScale = (scale: number): void => {
  if (!Number.isInteger(scale) || scale < 0 || scale > MOST)
    throw new ValueError('DECIMAL_INVALID', scale, `a scale from 0 to ${MOST}`);
};

/** `numerator / denominator` as a whole number. `denominator` is above zero; `found` is what an error shows. */
const divide = (numerator: bigint, denominator: bigint, rounding: Rounding, found: unknown): bigint => {
  const quotient = numerator / denominator;
  const rest = numerator % denominator;
  if (rest === 0n) return quotient;
  const away = rest < 0n ? -1n : 1n;
  const half = 2n * rest * away - denominator; // below, at or above a tie
  switch (rounding) {
    case 'trunc':
      return quotient;
    case 'floor':
      return rest < 0n ? quotient - 1n : quotient;
    case 'ceil':
      return rest < 0n ? quotient : quotient + 1n;
    case 'halfUp':
      return half < 0n ? quotient : quotient + away;
    case 'halfEven':
      return half < 0n || (half === 0n && quotient % 2n === 0n) ? quotient : quotient + away;
    default:
      throw new ValueError('DECIMAL_INEXACT', found, 'a value that fits the scale, or a rounding');
  }
};

/**
 * The text of a whole count of units: `formatDecimal(-150n, 2)` is `-1.50`.
 *
 * @param scale - Digits behind the point, 0 to 1,000.
 * @throws ValueError `DECIMAL_INVALID` for another scale, or a text that would be longer than a decimal may be.
 */
export const formatDecimal = (units: bigint, scale: number): Decimal => {
  checkScale(scale);
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const point = digits.length - scale;
  return parseDecimal(
    (units < 0n ? '-' : '') + digits.slice(0, point) + (scale === 0 ? '' : `.${digits.slice(point)}`),
  );
};

/**
 * How many units of `10^-scale` a decimal is: `decimalUnits('1.5', 8)` is `150000000n`, the chain's own number.
 *
 * @param rounding - `exact` unless given.
 * @throws ValueError `DECIMAL_INEXACT` if digits would be lost and the rounding is `exact`; `DECIMAL_INVALID`.
 */
export const decimalUnits = (d: Decimal, scale: number, rounding: Rounding = 'exact'): bigint => {
  checkScale(scale);
  const units = unitsOf(parseDecimal(d));
  const more = scale - scaleOf(d);
  if (more === 0) return units;
  return more > 0 ? units * power(more) : divide(units, power(-more), rounding, d);
};

/** The same value with another number of digits behind the point. Errors and `rounding` as in `decimalUnits`. */
export const rescaleDecimal = (d: Decimal, scale: number, rounding?: Rounding): Decimal =>
  formatDecimal(decimalUnits(d, scale, rounding), scale);

/**
 * Which of two decimals is greater, by value: `1.0` equals `1.00`, `-0` equals `0`. Fit for `Array.prototype.sort`.
 *
 * @returns 1 if `a` is greater, -1 if `b` is, 0 if neither.
 * @throws ValueError `DECIMAL_INVALID`, unless both texts are the same.
 */
export const compareDecimal = (a: Decimal, b: Decimal): -1 | 0 | 1 => {
  if (a === b) return 0;
  parseDecimal(a);
  parseDecimal(b);
  const negative = a.startsWith('-');
  const scale = scaleOf(a);
  const otherScale = scaleOf(b);
  // Laid out alike, digits under digits, as prices of one symbol mostly are: then text order is the order.
  if (a.length === b.length && scale === otherScale && negative === b.startsWith('-'))
    return a < b === negative ? 1 : -1;
  const most = Math.max(scale, otherScale);
  const difference = unitsOf(a) * power(most - scale) - unitsOf(b) * power(most - otherScale);
  return difference > 0n ? 1 : difference < 0n ? -1 : 0;
};

/** The sum, with the larger of the two scales. */
export const addDecimal = (a: Decimal, b: Decimal): Decimal => {
  const scale = Math.max(scaleOf(a), scaleOf(b));
  return formatDecimal(decimalUnits(a, scale) + decimalUnits(b, scale), scale);
};

/** `a - b`, with the larger of the two scales. */
export const subtractDecimal = (a: Decimal, b: Decimal): Decimal => {
  const scale = Math.max(scaleOf(a), scaleOf(b));
  return formatDecimal(decimalUnits(a, scale) - decimalUnits(b, scale), scale);
};

/** The exact product: its scale is the sum of the two. `rescaleDecimal` shortens it. */
export const multiplyDecimal = (a: Decimal, b: Decimal): Decimal =>
  formatDecimal(unitsOf(parseDecimal(a)) * unitsOf(parseDecimal(b)), scaleOf(a) + scaleOf(b));

/** The opposite value at the same scale. Zero has no sign. */
export const negateDecimal = (a: Decimal): Decimal => formatDecimal(-unitsOf(parseDecimal(a)), scaleOf(a));

/**
 * The decimal of a `number`. What is rounded is the binary value that the number really has, so that `1.005`, which
 * lies just below, becomes `1.00` at scale 2 by `halfUp`.
 *
 * @throws ValueError `DECIMAL_INVALID` for NaN, an infinity or a wrong scale; `DECIMAL_INEXACT` by rounding `exact`.
 */
export const decimalFromNumber = (n: number, to: { readonly scale: number; readonly rounding: Rounding }): Decimal => {
  if (!Number.isFinite(n)) throw new ValueError('DECIMAL_INVALID', n, 'a finite number');
  checkScale(to.scale);
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, n);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = bits & 0xfffffffffffffn;
  // IEEE 754: n = mantissa * 2^shift; the numbers nearest to zero lack the leading one.
  const mantissa = (exponent === 0 ? fraction : fraction | 0x10000000000000n) * (n < 0 ? -1n : 1n) * power(to.scale);
  const shift = BigInt(Math.max(exponent, 1) - 1075);
  const units = shift >= 0n ? mantissa << shift : divide(mantissa, 1n << -shift, to.rounding, n);
  return formatDecimal(units, to.scale);
};
