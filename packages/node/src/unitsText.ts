/**
 * The text of an amount: eight digits behind the point, as the venue writes every price, quantity and volume.
 * In: units of 1e-8. Out: a decimal. `formatDecimal` gives the same at any scale, in more than twice the time.
 */
import type { Decimal } from '@dexwire/protocol';

/** Digits behind the point on the chain. */
const SCALE = 8;

const ZERO = '0.00000000' as Decimal;

export const unitsText = (units: bigint): Decimal => {
  if (units === 0n) return ZERO;
  const digits = (units < 0n ? -units : units).toString().padStart(SCALE + 1, '0');
  const point = digits.length - SCALE;
  return `${units < 0n ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}` as Decimal;
};
