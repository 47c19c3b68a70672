/**
 * A stream's one table of fields, from which reading, writing, checking and the published schema follow.
 * In: the wire's keys in wire order, each with its event name and what its value is. Out: a `Shape` of events.
 *
 * A table lists its fields as the venue writes them (recorded): what we write must equal it byte for byte, and the fast
 * reader expects that order. The literal behind a table spells the event out once more, since engines give the objects
 * of one literal one hidden class, while filling them key by key costs a third of the speed. `streams.test.ts` holds the
 * two together.
 */
import {
  readBoolean,
  readCode,
  readDecimal,
  readId,
  readInt64,
  readInteger,
  readLevels,
  readList,
  readRecord,
  readText,
  readWord,
  type Tolerant,
} from './fields.ts';
import {
  DECIMAL,
  type Fast,
  fastLevels,
  fastList,
  fastRecord,
  INT64,
  INTEGER,
  int64Of,
  integerOf,
  TEXT,
} from './scan.ts';
import type { Decimal, Height, Milliseconds, Nanoseconds, Seconds } from './units.ts';

/** A shape as plain data, for what walks it without knowing its type: the writer, the check, the published schema. */
export type Node =
  | { readonly kind: 'text' | 'decimal' | 'integer' | 'int64' | 'boolean' }
  /** `words` stand on the wire as they are. */
  | { readonly kind: 'word'; readonly words: readonly string[] }
  /** The wire has the place of the word in `words`; a place without a word is no value. */
  | { readonly kind: 'code'; readonly words: Words }
  | { readonly kind: 'list'; readonly of: Node }
  | { readonly kind: 'levels' }
  | { readonly kind: 'record'; readonly fields: readonly Field<unknown>[] };

export type Words<Word extends string = string> = readonly (Word | undefined)[];

/** A single value. */
interface Scalar<T> {
  readonly node: Node;
  /** What the fast reader takes: a regular expression with one capture. Narrower than `read`, never wider. */
  readonly pattern: string;
  /** The value of a capture; absent: the capture itself. `undefined` hands the frame to the tolerant reader. */
  readonly quick?: ((capture: string) => T | undefined) | undefined;
  readonly read: Tolerant<T>;
}

/** A list or an object. */
export interface Compound<T> {
  readonly node: Node;
  /** An object of single values only: one expression reads it. */
  readonly flat: boolean;
  readonly fast: Fast<T>;
  readonly read: Tolerant<T>;
}

type Shape<T> = Scalar<T> | Compound<T>;

/** One key of an object. */
export interface Field<T> {
  /** The wire's key, such as `E`. */
  readonly key: string;
  /** The event's property, such as `height`. */
  readonly name: string;
  readonly shape: Shape<T>;
  /** The venue may leave the key out; then the event has no such property. */
  readonly optional: boolean;
}

/** Price in quote units for one base unit, and quantity in base units. */
export type Level = readonly [price: Decimal, quantity: Decimal];

const scalar = <T>(
  key: string,
  name: string,
  node: Node,
  pattern: string,
  read: Tolerant<T>,
  quick?: (capture: string) => T | undefined,
): Field<T> => ({ key, name, shape: { node, pattern, read, quick }, optional: false });

/** Any text. */
export const text = (key: string, name: string): Field<string> => scalar(key, name, { kind: 'text' }, TEXT, readText);

/** The id of an order or a trade. Early frames had numbers (documentation); their digits are the id. */
export const id = (key: string, name: string): Field<string> => scalar(key, name, { kind: 'text' }, TEXT, readId);

/** Exact decimal text. */
export const decimal = (key: string, name: string): Field<Decimal> =>
  scalar<Decimal>(
    key,
    name,
    { kind: 'decimal' },
    DECIMAL,
    readDecimal,
    // The pattern is the check; a capture needs no second one.
    undefined,
  );

/** A count, 0 to 2^53 - 1. */
export const count = (key: string, name: string): Field<number> =>
  scalar(key, name, { kind: 'integer' }, INTEGER, readInteger, integerOf);

export const height = (key: string, name: string): Field<Height> => count(key, name);
export const seconds = (key: string, name: string): Field<Seconds> => count(key, name);
export const milliseconds = (key: string, name: string): Field<Milliseconds> => count(key, name);

/** int64, exact. */
export const nanoseconds = (key: string, name: string): Field<Nanoseconds> =>
  scalar<Nanoseconds>(key, name, { kind: 'int64' }, INT64, readInt64, int64Of);

export const boolean = (key: string, name: string): Field<boolean> =>
  scalar(key, name, { kind: 'boolean' }, '(true|false)', readBoolean, (capture) => capture === 'true');

/** One of some words that stand on the wire as they are. */
export const word = <const Word extends string>(key: string, name: string, words: readonly Word[]): Field<Word> =>
  scalar<Word>(key, name, { kind: 'word', words }, `"(${words.join('|')})"`, readWord(words));

/** One of some words that the wire has as numbers: their places in `words`. `old`: what earlier frames had instead. */
export const code = <const Word extends string>(
  key: string,
  name: string,
  words: Words<Word>,
  old: Readonly<Record<string, Word>> = {},
): Field<Word> =>
  scalar<Word>(key, name, { kind: 'code', words }, '(\\d)', readCode(words, old), (capture) => words[+capture]);

/** A key that may be absent. */
export const optional = <T>(field: Field<T>): Field<T | undefined> => ({ ...field, optional: true });

/** A key with a list or an object behind it. */
export const nested = <T>(key: string, name: string, shape: Compound<T>): Field<T> => ({
  key,
  name,
  shape,
  optional: false,
});

/** What a table's fields were read to, from slot 1 on. Slot 0 is the reader's own. */
export type Slots<Fields extends readonly Field<unknown>[]> = readonly [
  unknown,
  ...{ [Place in keyof Fields]: Fields[Place] extends Field<infer Value> ? Value : never },
];

/**
 * An object.
 *
 * @param fields - In wire order.
 * @param make - The event of the fields' values.
 * @param boxed - Whether a list of one such object is read as the object.
 */
export const record = <const Fields extends readonly Field<unknown>[], T>(
  fields: Fields,
  make: (slots: Slots<Fields>) => T,
  boxed = false,
): Compound<T> => {
  const made = make as (slots: readonly unknown[]) => T;
  return {
    node: { kind: 'record', fields },
    flat: fields.every(({ shape }) => 'pattern' in shape),
    fast: fastRecord(fields, made),
    read: readRecord(fields, made, boxed),
  };
};

/** A list of objects. */
export const listOf = <T>(of: Compound<T>): Compound<T[]> => ({
  node: { kind: 'list', of: of.node },
  flat: false,
  fast: fastList(of),
  read: readList(of.read),
});

/** Price levels, `[["price","quantity"],...]`. */
export const levels = (key: string, name: string): Field<Level[]> =>
  nested(key, name, { node: { kind: 'levels' }, flat: false, fast: fastLevels, read: readLevels });
