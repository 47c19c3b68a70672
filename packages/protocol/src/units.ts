/**
 * The units of the wire's numbers, as types: a number whose type says what it counts.
 * In: nothing. Out: the brands that every event type is written in.
 *
 * The brand of a number is optional, so that a plain number literal still fits where a unit is asked for, while
 * seconds do not pass for a height. The brand of a `Decimal` is required: a text becomes one only by being checked.
 */

declare const unit: unique symbol;

/** Number of a block. At most 2^53 - 1 (reference: the chain ended near 3.9e8). */
export type Height = number & { readonly [unit]?: 'height' };

/** Seconds since the Unix epoch. */
export type Seconds = number & { readonly [unit]?: 'seconds' };

/** Milliseconds since the Unix epoch. */
export type Milliseconds = number & { readonly [unit]?: 'milliseconds' };

/** Nanoseconds since the Unix epoch, int64: 19 digits, which a `number` would round (recorded). */
export type Nanoseconds = bigint & { readonly [unit]?: 'nanoseconds' };

/**
 * A decimal number as the wire's own text, such as `-0.00000073`: exact, printable, safe in JSON.
 * Optional minus, digits, and perhaps a point with digits behind it; never an exponent. Compare and add with
 * `compareDecimal`, `addDecimal` and their kin, never through `number`.
 */
export type Decimal = string & { readonly [unit]: 'decimal' };
