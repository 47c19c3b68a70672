/**
 * Plain JSON, read strictly: what is missing, unknown or of another type is a fault with its place.
 * In: values as `JSON.parse` gives them, and what to throw. Out: the same values, typed; amounts as units of 1e-8.
 */
import { isAddress } from '../address.ts';
import { decimalUnits, formatDecimal, isDecimal } from '../decimal.ts';
import { shown } from '../errors.ts';

/** The largest int64. */
export const MAX_UNITS = 2n ** 63n - 1n;

/** Digits behind the point of an amount. */
const SCALE = 8;

/** Makes the error of a fault: its place, such as `to[0].amount`, and what was found and expected there. */
export type Fault = (path: string, problem: string) => Error;

const at = (path: string, member: string): string => (path === '' ? member : `${path}.${member}`);

/** The readers. Each takes a value and its place, and throws what `fault` makes. */
export class StrictJson {
  readonly #fault: Fault;

  constructor(fault: Fault) {
    this.#fault = fault;
  }

  /** @returns Never: throws. */
  refuse(path: string, found: unknown, expected: string): never {
    throw this.#fault(path, `found ${shown(found)}, expected ${expected}`);
  }

  /** An object whose members are the required ones, and of the optional ones those it has; no others. */
  members<Required extends string, Optional extends string = never>(
    value: unknown,
    path: string,
    required: readonly Required[],
    optional: readonly Optional[] = [],
  ): Record<Required | Optional, unknown> {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) this.refuse(path, value, 'an object');
    const known: readonly string[] = [...required, ...optional];
    for (const name of Object.keys(value)) {
      if (!known.includes(name))
        throw this.#fault(at(path, name.slice(0, 80)), `unknown, expected only ${known.join(', ')}`);
    }
    for (const name of required) {
      if (!Object.hasOwn(value, name)) throw this.#fault(at(path, name), 'missing, and it is required');
    }
    return Object.fromEntries(
      known.map((name) => [name, Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined]),
    ) as Record<Required | Optional, unknown>;
  }

  /** All members of an object whose names are free, by name in byte order. */
  entries(value: unknown, path: string): [name: string, member: unknown][] {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) this.refuse(path, value, 'an object');
    return Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  }

  /** @param least - How many items there must be. */
  list(value: unknown, path: string, least = 0): readonly unknown[] {
    if (!Array.isArray(value)) this.refuse(path, value, 'a list');
    if (value.length < least) throw this.#fault(path, `found ${value.length} items, expected ${least} or more`);
    return value;
  }

  text(value: unknown, path: string): string {
    return typeof value === 'string' ? value : this.refuse(path, value, 'text');
  }

  flag(value: unknown, path: string): boolean {
    return typeof value === 'boolean' ? value : this.refuse(path, value, 'true or false');
  }

  /** A whole number from `least` to 2^53 - 1. */
  whole(value: unknown, path: string, least: number): number {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value;
    return this.refuse(path, value, `a whole number of ${least} or more`);
  }

  word<const Word extends string>(value: unknown, path: string, words: readonly Word[]): Word {
    const found = words.find((word) => word === value);
    return found ?? this.refuse(path, value, words.map((word) => JSON.stringify(word)).join(' or '));
  }

  /** @param prefix - Network of the address; any if there is none. */
  address(value: unknown, path: string, prefix?: string): string {
    if (isAddress(value, prefix)) return value.toLowerCase();
    return this.refuse(path, value, `an address such as ${prefix ?? 'bnb'}1...`);
  }

  /** Decimal text in whole coins, exact to 8 places: `"0.05"` is 5,000,000 units. */
  units(value: unknown, path: string): bigint {
    if (!isDecimal(value)) this.refuse(path, value, 'decimal text such as "0.05"');
    if (value.startsWith('-')) this.refuse(path, value, 'a number that is not negative');
    let units: bigint;
    try {
      units = decimalUnits(value, SCALE);
    } catch {
      return this.refuse(path, value, `no more than ${SCALE} decimal places`);
    }
    if (units > MAX_UNITS) this.refuse(path, value, `at most ${formatDecimal(MAX_UNITS, SCALE)}`);
    return units;
  }

  /** The decimal text of units, all 8 places: what `units` reads back. */
  decimal(units: bigint, path: string): string {
    if (units < 0n || units > MAX_UNITS) this.refuse(path, units, `0 to ${MAX_UNITS} units`);
    return formatDecimal(units, SCALE);
  }
}
