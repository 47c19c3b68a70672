/**
 * Members of REST replies, read as what they must be.
 * In: JSON of unknown shape. Out: typed values; an `Error` that says which member is not what it must be.
 */
import { type Decimal, isDecimal } from '@dexwire/protocol';

export const bad = (name: string, value: unknown): never => {
  throw new TypeError(
    `the member ${name} of the reply is ${typeof value === 'object' ? 'another object' : String(value)}`,
  );
};

/** A member of whatever came. */
export const member = (from: unknown, name: string): unknown =>
  typeof from === 'object' && from !== null ? (from as Record<string, unknown>)[name] : undefined;

export const textAt = (from: unknown, name: string): string => {
  const value = member(from, name);
  return typeof value === 'string' ? value : bad(name, value);
};

export const decimalAt = (from: unknown, name: string): Decimal => {
  const value = member(from, name);
  return isDecimal(value) ? value : bad(name, value);
};

/** A whole number, or its digits. */
export const wholeAt = (from: unknown, name: string): number => {
  const value = member(from, name);
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number >= 0 ? number : bad(name, value);
};

export const readList = <T>(from: unknown, read: (item: unknown) => T): T[] =>
  Array.isArray(from) ? from.map((item) => read(item)) : bad('list', from);
