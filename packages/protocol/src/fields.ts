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

// No repetition within another: engines keep a trail for those, which a string of millions of escapes would overflow.
const QUOTE_OR_NUMBER = /"|-?\d[\d.eE+-]*/g;
const FRACTION_OR_EXPONENT = /[.eE]/;
/** From so many characters on a number may be past 2^53. */
const LONG = 16;

/** The place behind a string of valid JSON. @param at - Behind its opening quote. */
const behindString = (text: string, at: number): number => {
  for (let close = text.indexOf('"', at); ; close = text.indexOf('"', close + 1)) {
    let before = close;
    while (text[before - 1] === '\\') before--;
    if ((close - before) % 2 === 0) return close + 1;
  }
};

/** Valid JSON with its long integers in quotes. */
const quoteLongIntegers = (text: string): string => {
  let quoted = '';
  let from = 0;
  QUOTE_OR_NUMBER.lastIndex = 0;
  for (let match = QUOTE_OR_NUMBER.exec(text); match; match = QUOTE_OR_NUMBER.exec(text)) {
    const [token] = match;
    const behind = match.index + token.length;
    if (token === '"') QUOTE_OR_NUMBER.lastIndex = behindString(text, behind);
    else if (token.length >= LONG && !FRACTION_OR_EXPONENT.test(token)) {
      quoted += `${text.slice(from, match.index)}"${token}"`;
      from = behind;
    }
  }
  return quoted + text.slice(from);
};

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FrameError('FRAME_NOT_JSON', '', text, 'a JSON text', { cause });
  }
};

/** Parses JSON in both readings. @throws FrameError `FRAME_NOT_JSON` */
export const parseExact = (text: string): Parsed => {
  const found = parse(text);
  return { found, exact: /\d{16}/.test(text) ? parse(quoteLongIntegers(text)) : found };
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

/** How long the text of an int64 may be: -2^63. Of a longer one, which may have millions of digits, no number is made. */
const INT64_LENGTH = 20;

export const readInt64: Tolerant<bigint> = (found, exact, path) => {
  const digits = digitsOf(found, exact);
  const value = digits === undefined || digits.length > INT64_LENGTH ? undefined : BigInt(digits);
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
