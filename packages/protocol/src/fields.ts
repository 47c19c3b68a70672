/**
 * The tolerant reader: any key order, spaces, escapes, unknown keys, old words, `null` lists. It decides what a frame is.
 * In: a frame's text and a table's fields. Out: the event, or a `FrameError` with the place of the first bad value.
 *
 * `JSON.parse` rounds integers past 2^53. So a text that has such digits is parsed a second time with long integers put
 * in quotes, and every value is walked in both readings: `found` as it stands, `exact` with all its digits.
 */
import { FrameError } from './errors.ts';
import type { Field, Level, Words } from './schema.ts';
import type { Decimal } from './units.ts';

/** Told the place of a key that no table has, such as `data[0].Z`. */
export type OnUnknownKey = (path: string) => void;

/** Reads a parsed value; throws a `FrameError` with `path` if it is none of ours. */
export type Tolerant<T> = (found: unknown, exact: unknown, path: string, onUnknownKey?: OnUnknownKey) => T;

/** A value in both readings. */
export interface Parsed {
  readonly found: unknown;
  readonly exact: unknown;
}

const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d[\d.eE+-]*/g;
const LONG_INTEGER = /^-?\d{16,}$/;

/** Parses JSON in both readings. @throws FrameError `FRAME_NOT_JSON` */
export const parseExact = (text: string): Parsed => {
  try {
    const found: unknown = JSON.parse(text);
    // Only on what is JSON for certain: in broken text the expression could run from quote to quote for long.
    const exact: unknown = /\d{16}/.test(text)
      ? JSON.parse(text.replace(STRING_OR_NUMBER, (token) => (LONG_INTEGER.test(token) ? `"${token}"` : token)))
      : found;
    return { found, exact };
  } catch (cause) {
    throw new FrameError('FRAME_NOT_JSON', '', text, 'a JSON text', { cause });
  }
};

const bad = (path: string, found: unknown, expected: string): never => {
  throw new FrameError('FRAME_BAD_FIELD', path, found, expected);
};

/** Whether a value is an object of JSON, not a list and not `null`. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const readText: Tolerant<string> = (found, _exact, path) =>
  typeof found === 'string' ? found : bad(path, found, 'text');

/** The digits of a JSON integer, `undefined` for anything else and for what was rounded on the way. */
const digitsOf = (found: unknown, exact: unknown): string | undefined =>
  typeof found === 'number' && (Number.isSafeInteger(found) || typeof exact === 'string') ? String(exact) : undefined;

export const readId: Tolerant<string> = (found, exact, path) => digitsOf(found, exact) ?? readText(found, exact, path);

/** The wire's form of a decimal: no exponent, no lone point. */
export const DECIMAL_TEXT = /^-?\d+(?:\.\d+)?$/;

export const readDecimal: Tolerant<Decimal> = (found, _exact, path) =>
  typeof found === 'string' && DECIMAL_TEXT.test(found) ? (found as Decimal) : bad(path, found, 'decimal text');

export const readInteger: Tolerant<number> = (found, exact, path) =>
  // Adding 0 makes a plain 0 of JSON's -0.
  Number.isSafeInteger(found) && (found as number) >= 0 ? (found as number) + 0 : bad(path, exact, 'a whole number');

export const readInt64: Tolerant<bigint> = (found, exact, path) => {
  const digits = digitsOf(found, exact);
  const value = digits === undefined ? undefined : BigInt(digits);
  return value !== undefined && BigInt.asIntN(64, value) === value ? value : bad(path, exact, 'an int64');
};

export const readBoolean: Tolerant<boolean> = (found, _exact, path) =>
  typeof found === 'boolean' ? found : bad(path, found, 'true or false');

export const readWord =
  <Word extends string>(words: readonly Word[]): Tolerant<Word> =>
  (found, _exact, path) =>
    words.find((word) => word === found) ?? bad(path, found, words.join(', '));

export const readCode =
  <Word extends string>(words: Words<Word>, old: Readonly<Record<string, Word>>): Tolerant<Word> =>
  (found, _exact, path) =>
    (typeof found === 'number'
      ? words[found]
      : typeof found === 'string' && Object.hasOwn(old, found)
        ? old[found]
        : undefined) ?? bad(path, found, `the code of ${words.filter(Boolean).join(', ')}`);

export const readList =
  <T>(element: Tolerant<T>): Tolerant<T[]> =>
  (found, exact, path, onUnknownKey) => {
    if (found === null) return [];
    if (!Array.isArray(found)) return bad(path, found, 'a list');
    return found.map((value, index) => element(value, (exact as unknown[])[index], `${path}[${index}]`, onUnknownKey));
  };

export const readLevels: Tolerant<Level[]> = readList((found, exact, path) =>
  Array.isArray(found) && found.length === 2
    ? [readDecimal(found[0], exact, `${path}[0]`), readDecimal(found[1], exact, `${path}[1]`)]
    : bad(path, found, '[price, quantity]'),
);

export const readRecord =
  <T>(fields: readonly Field<unknown>[], make: (slots: readonly unknown[]) => T, boxed: boolean): Tolerant<T> =>
  (given, givenExact, path, onUnknownKey) => {
    const inBox = boxed && Array.isArray(given) && given.length === 1;
    const found: unknown = inBox ? given[0] : given;
    const exact = inBox ? (givenExact as unknown[])[0] : givenExact;
    if (!isObject(found)) return bad(path, found, 'an object');
    const place = path === '' ? '' : `${path}.`;
    if (onUnknownKey) {
      for (const key of Object.keys(found)) {
        if (!fields.some((field) => field.key === key)) onUnknownKey(place + key);
      }
    }
    const slots = fields.map(({ key, shape, optional }) => {
      const value = Object.hasOwn(found, key) ? found[key] : undefined;
      return optional && value === undefined
        ? undefined
        : shape.read(value, (exact as Readonly<Record<string, unknown>>)[key], place + key, onUnknownKey);
    });
    return make([undefined, ...slots]);
  };
