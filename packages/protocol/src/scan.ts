/**
 * The fast reader: it takes the recorded key order and plain values only, and leaves at the first surprise.
 * In: a frame's text and a table's fields. Out: the event, or `undefined`, upon which the tolerant reader takes over.
 *
 * One sticky regular expression a flat object: engines compile them to machine code, so a table becomes a scanner of its
 * own without `eval` (ADR 0011). Everything here must be narrower than `fields.ts`: what is accepted has to mean the same there.
 *
 * V8 makes a capture of 13 and more characters a view that keeps the whole text alive. So what is read from a large
 * text is read from copies of pieces of it: a kept trade keeps at most a piece.
 */
import type { Compound, Field, Level } from './schema.ts';
import type { Decimal } from './units.ts';

/** Reads a value that begins at `at`; sets `end` behind it. */
export type Fast<T> = (text: string, at: number) => T | undefined;

// The fast reader's patterns. Digits behind the point are spelled out and text is plain ASCII without escapes: a counted
// repetition or a negated class takes up to twice as long. What they refuse, the tolerant reader judges.
export const TEXT = '"([ !#-\\[\\]-~]*)"';
export const DECIMAL = `"(-?\\d+\\.${'\\d'.repeat(8)})"`;
export const INTEGER = '(0|[1-9]\\d*)';
export const INT64 = `([1-9]${'\\d'.repeat(18)})`;

/** How every recorded frame begins. */
export const FRAME_HEAD = '{"stream":"';
const DATA_HEAD = '","data":';

const BLANK = 32;
const COMMA = 44;
const OPEN = 91;
const CLOSE = 93;
const BRACE = 125;

/** Texts up to this many characters are read in place: views cannot keep more than this alive. */
const IN_PLACE = 768;
/** The same for texts that are one event: whoever keeps a book keeps most of its text anyhow. */
const IN_PLACE_WHOLE = 2048;
/** What of a large object's text is copied to read its single values from. Longer ones go to the tolerant reader. */
const HEAD = 512;
/** A piece ends with the first element that passes this many characters. */
const PIECE = 300;

/** Where the last read value ended. */
let end = 0;

/** Reads the frame of a topic: head, data, and the brace that closes it. */
export const fastFrame = <T>(data: Compound<T>, topic: string, text: string): T | undefined => {
  const behind = FRAME_HEAD.length + topic.length;
  if (
    !(text.startsWith(FRAME_HEAD) && text.startsWith(topic, FRAME_HEAD.length) && text.startsWith(DATA_HEAD, behind))
  ) {
    return undefined;
  }
  const value = data.fast(text, behind + DATA_HEAD.length);
  return end === text.length - 1 && text.charCodeAt(end) === BRACE ? value : undefined;
};

/** A text of its own behind a blank: the joint becomes a fresh flat copy as soon as a character is asked for. */
const copyOf = (text: string): string => {
  const joint = ` ${text}`;
  return joint.charCodeAt(0) === BLANK ? joint : text;
};

/** The copy of a piece from `at` on, up to the end of an element. */
const pieceOf = (text: string, at: number, close: string): string => {
  const last = text.indexOf(close, at + PIECE);
  return copyOf(last < 0 ? text.slice(at) : text.slice(at, last + 1));
};

/** Turns the capture at a place into a value. */
type Quick = readonly [place: number, convert: (capture: string) => unknown];

/** A stretch of an object: its expression, or its text if nothing varies in it, and the compound that stands behind it. */
type Stretch = readonly [pattern: RegExp | string, quick: readonly Quick[], next: Fast<unknown> | undefined];

const stretchesOf = (fields: readonly Field<unknown>[]): readonly Stretch[] => {
  const stretches: Stretch[] = [];
  let source = '{';
  let captures = 0;
  let quick: Quick[] = [];
  const close = (next?: Fast<unknown>): void => {
    stretches.push([captures ? new RegExp(source.replace(/[{}]/g, '\\$&'), 'y') : source, quick, next]);
    source = '';
    captures = 0;
    quick = [];
  };
  fields.forEach(({ key, shape, optional }, place) => {
    source += `${optional ? '(?:' : ''}${place ? ',' : ''}"${key}":`;
    if ('pattern' in shape) {
      source += shape.pattern + (optional ? ')?' : '');
      captures++;
      if (shape.quick) quick.push([captures, shape.quick]);
    } else close(shape.fast);
  });
  source += '}';
  close();
  return stretches;
};

/** Reads an object by its table. */
export const fastRecord = <T>(fields: readonly Field<unknown>[], make: (slots: readonly unknown[]) => T): Fast<T> => {
  let stretches: readonly Stretch[] | undefined;
  return (text, at) => {
    stretches ??= stretchesOf(fields);
    let slots: unknown[] | undefined;
    end = at;
    for (let index = 0; index < stretches.length; index++) {
      const stretch = stretches[index]!;
      const pattern = stretch[0];
      const quick = stretch[1];
      const next = stretch[2];
      // A flat object's own text is large only if a piece of a list is, which is a copy already.
      const shift = next && text.length > IN_PLACE_WHOLE ? end - 1 : 0;
      if (typeof pattern === 'string') {
        if (!text.startsWith(pattern, end)) return undefined;
        end += pattern.length;
        slots ??= [undefined];
      } else {
        pattern.lastIndex = end - shift;
        const match: unknown[] | null = pattern.exec(shift ? copyOf(text.slice(end, end + HEAD)) : text);
        if (!match) return undefined;
        end = pattern.lastIndex + shift;
        for (let index = 0; index < quick.length; index++) {
          const place = quick[index]![0];
          const capture = match[place];
          // An optional key that is absent stays so; a number out of range is the tolerant reader's business.
          if (capture === undefined) continue;
          const value = quick[index]![1](capture as string);
          if (value === undefined) return undefined;
          match[place] = value;
        }
        if (slots) for (let place = 1; place < match.length; place++) slots.push(match[place]);
        else slots = match;
      }
      if (next) {
        const value = next(text, end);
        if (value === undefined) return undefined;
        slots.push(value);
      }
    }
    return make(slots!);
  };
};

/**
 * Reads a list, in pieces if the text is large; a piece may end behind any `close`.
 *
 * @param some - Reads one element or more from `at` into the list, sets `end`; `false` if there is none to its liking.
 */
const fastElements =
  <T>(some: (text: string, at: number, list: T[]) => boolean, close: string, inPlace: number): Fast<T[]> =>
  (text, at) => {
    if (text.charCodeAt(at) !== OPEN) return undefined;
    const list: T[] = [];
    if (text.charCodeAt(at + 1) === CLOSE) {
      end = at + 2;
      return list;
    }
    const piecewise = text.length > inPlace;
    let piece = text;
    /** Where the piece's first character stands in the text. */
    let base = 0;
    let next = COMMA;
    end = at;
    while (next === COMMA) {
      let local = end + 1 - base;
      if (piecewise && (base === 0 || local >= piece.length)) {
        base += local - 1;
        piece = pieceOf(text, base + 1, close);
        local = 1;
      }
      if (!some(piece, local, list)) return undefined;
      end += base;
      next = text.charCodeAt(end);
    }
    if (next !== CLOSE) return undefined;
    end++;
    return list;
  };

/** Reads a list of objects. */
export const fastList = <T>(of: Compound<T>): Fast<T[]> =>
  fastElements(
    (text, at, list: T[]) => {
      const value = of.fast(text, at);
      if (value === undefined) return false;
      list.push(value);
      return true;
    },
    '}',
    of.flat ? IN_PLACE : Infinity,
  );

const LEVEL = `\\[${DECIMAL},${DECIMAL}\\]`;
/** Up to this many levels with one expression: a match costs more than the captures in it. */
const LEVELS_AT_ONCE = 8;
let levelsPattern: RegExp | undefined;

/** Reads price levels. */
export const fastLevels: Fast<Level[]> = fastElements(
  (text, at, list: Level[]) => {
    levelsPattern ??= new RegExp(
      Array.from({ length: LEVELS_AT_ONCE - 1 }).reduce<string>((rest) => `${LEVEL}(?:,${rest})?`, LEVEL),
      'y',
    );
    levelsPattern.lastIndex = at;
    const match = levelsPattern.exec(text);
    if (!match) return false;
    end = levelsPattern.lastIndex;
    for (let place = 1; place < match.length && match[place] !== undefined; place += 2) {
      list.push([match[place] as Decimal, match[place + 1] as Decimal]);
    }
    return true;
  },
  ']',
  IN_PLACE_WHOLE,
);

/** The number of up to 15 digits. Digit by digit, which is twice as fast as the engines' own conversion of a text of unknown form. */
export const integerOf = (digits: string): number | undefined => {
  if (digits.length > 15) return undefined;
  let value = 0;
  for (let place = 0; place < digits.length; place++) value = value * 10 + digits.charCodeAt(place) - 48;
  return value;
};

/** The int64 of 19 digits; `undefined` past 2^63 - 1. */
export const int64Of = (digits: string): bigint | undefined => {
  const value = BigInt(digits);
  return value > 0x7fffffffffffffffn ? undefined : value;
};
