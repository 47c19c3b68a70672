/**
 * One side of an order book: its levels in order, and how many of the best are known for certain.
 * In: levels of depth frames, which are whole, and of diffs, which change some. Out: levels, best first.
 *
 * Prices are canonical text, with 8 digits behind the point, and beside each stands its key: the whole number of 1e-8 that
 * it is. Up to 2^53, some 90 million, a key is exact; beyond, keys are still in order, and of equal ones the texts decide.
 *
 * A diff tells a new quantity as 0 also where it is not: when the level lies beyond the best 100 (spec §7.5). Such a 0 is a
 * doubt: nothing is certain from there on, until a depth frame tells more.
 */
import { compareDecimal, DEPTH_LEVELS, type Decimal, decimalUnits, formatDecimal, type Level } from '@dexwire/protocol';
import { BookError } from './errors.ts';

/** Digits behind the point of all prices and quantities of the chain. */
export const SCALE = 8;
/** As it is kept: told as 0, and perhaps it is not. */
const ZERO = formatDecimal(0n, SCALE);
/** How deep the chain looks for the quantity of a changed level. Spec §7.5. */
const TOLD = 100;
/** Levels that are kept at most; the worst give way. */
const MOST = 5_000;

const DIGIT_0 = 48;
const DIGIT_9 = 57;
const POINT = 46;
const MINUS = 45;

const bad = (what: string, text: string, cause?: unknown): BookError =>
  new BookError('BAD_LEVEL', `${what} ${text.slice(0, 40)}`, { cause });

/** @throws BookError `BAD_LEVEL`. */
export const canonical = (price: Decimal): Decimal => {
  const { length } = price;
  const first = price.charCodeAt(0);
  if (
    price.charCodeAt(length - 1 - SCALE) === POINT &&
    first >= DIGIT_0 &&
    first <= DIGIT_9 &&
    (first > DIGIT_0 || length === SCALE + 2)
  )
    return price;
  let units: bigint;
  try {
    units = decimalUnits(price, SCALE);
  } catch (cause) {
    throw bad('price', price, cause);
  }
  if (units < 0n) throw bad('price', price);
  return formatDecimal(units, SCALE);
};

/** @param price - Canonical. Of two prices the greater one has no smaller key: all is rounded once at most, at the end. */
const keyOf = (price: Decimal): number => {
  const { length } = price;
  const point = length - 1 - SCALE;
  let whole = 0;
  for (let place = 0; place < point; place++) whole = whole * 10 + (price.charCodeAt(place) - DIGIT_0);
  let rest = 0;
  for (let place = point + 1; place < length; place++) rest = rest * 10 + (price.charCodeAt(place) - DIGIT_0);
  return whole * 10 ** SCALE + rest;
};

const isZero = (quantity: Decimal): boolean => {
  const first = quantity.charCodeAt(0);
  if (first === MINUS) throw bad('quantity', quantity);
  return first === DIGIT_0 && (quantity === ZERO || /^[0.]+$/.test(quantity));
};

/** Below zero if `a` is the smaller price. Both are canonical: then the longer one is greater. */
export const comparePrices = (a: Decimal, b: Decimal): number =>
  a.length === b.length ? (a < b ? -1 : a > b ? 1 : 0) : a.length - b.length;

/** Whether so many levels of a depth frame may be all there are: it was not cut at any depth that there is. */
const isWhole = (count: number): boolean => !DEPTH_LEVELS.some((depth) => depth === count);

export class BookSide {
  /** 1 for bids, of which the greater is better; -1 for asks. */
  readonly #better: 1 | -1;
  /** Worst first, so that changes near the best, which are most, move few. */
  readonly #levels: Level[] = [];
  /** Of each level, times `#better`: rising. */
  readonly #keys: number[] = [];
  /** The worst price down to which a depth frame has told all; undefined: nothing lies beyond what it told. */
  #wall: Decimal | undefined;
  /** The best price that is in doubt. */
  #doubt: Decimal | undefined;
  /** Of the diff that is being applied, once it is needed. */
  #edge: number | undefined;

  constructor(side: 'bids' | 'asks') {
    this.#better = side === 'bids' ? 1 : -1;
  }

  /** How many of the best levels are certain; `Infinity`: all, and nothing lies beyond. */
  get certain(): number {
    const { length } = this.#levels;
    const wall = this.#wall === undefined ? Number.POSITIVE_INFINITY : length - this.#seek(this.#wall);
    return this.#doubt === undefined ? wall : Math.min(wall, length - 1 - this.#seek(this.#doubt));
  }

  get best(): Level | undefined {
    const levels = this.#levels;
    let place = levels.length - 1;
    while (place >= 0 && levels[place]![1] === ZERO) place--;
    return levels[place];
  }

  /** Best first. */
  *[Symbol.iterator](): Generator<Level, void> {
    const levels = this.#levels;
    for (let place = levels.length - 1; place >= 0; place--) if (levels[place]![1] !== ZERO) yield levels[place]!;
  }

  top(count: number): Level[] {
    const levels = this.#levels;
    const top: Level[] = [];
    for (let place = levels.length - 1; place >= 0 && top.length < count; place--)
      if (levels[place]![1] !== ZERO) top.push(levels[place]!);
    return top;
  }

  /** Takes the levels of a depth frame in place of all. */
  base(levels: readonly Level[]): void {
    this.#levels.length = this.#keys.length = 0;
    this.#doubt = undefined;
    this.#wall = undefined;
    for (const level of levels) if (!isZero(level[1])) this.#set(level);
    if (!isWhole(levels.length)) this.#wall = this.#levels[0]?.[0];
  }

  /**
   * Compares with the levels of a depth frame as far as both know, and takes from it what was not certain.
   *
   * @returns Whether they are the same.
   */
  agrees(levels: readonly Level[]): boolean {
    const { certain } = this;
    let rank = 0;
    for (const [price, quantity] of this) {
      if (rank >= certain) break;
      const told = levels[rank];
      if (!told) {
        if (isWhole(levels.length)) return false;
        break;
      }
      if (told[0] !== price && canonical(told[0]) !== price) return false;
      if (told[1] !== quantity && compareDecimal(told[1], quantity) !== 0) return false;
      rank++;
    }
    if (certain === Number.POSITIVE_INFINITY && rank < levels.length) return false;
    if (levels.length > certain || (isWhole(levels.length) && certain !== Number.POSITIVE_INFINITY))
      this.#learn(levels);
    return true;
  }

  /** Takes levels beyond what is certain: nothing vouches for them, they are better than none. */
  extend(levels: readonly Level[], isKnown: (price: Decimal) => boolean): void {
    const wall = this.#wall;
    if (wall === undefined) return;
    for (const level of levels) {
      const price = canonical(level[0]);
      if (this.#isBetter(wall, price) && !isKnown(price) && !isZero(level[1])) this.#set(level);
    }
  }

  /** Takes the levels of a diff, in any order: of a price that is there twice, the last counts. */
  apply(levels: readonly Level[]): void {
    this.#edge = undefined;
    for (let at = 0; at < levels.length; at++) {
      const level = levels[at]!;
      if (isZero(level[1])) this.#clear(canonical(level[0]), levels);
      else this.#set(level);
    }
  }

  /** In which order two prices come, better ones first. */
  #isBetter(a: Decimal, b: Decimal): boolean {
    return comparePrices(a, b) * this.#better > 0;
  }

  /** The place of a price, or where it would be: of the first level that is not worse. */
  #seek(price: Decimal, key = keyOf(price) * this.#better): number {
    const keys = this.#keys;
    let low = 0;
    let high = keys.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    while (!Number.isSafeInteger(key) && keys[low] === key && this.#isBetter(price, this.#levels[low]![0])) low++;
    return low;
  }

  #isAt(place: number, price: Decimal, key: number): boolean {
    return this.#keys[place] === key && (Number.isSafeInteger(key) || this.#levels[place]![0] === price);
  }

  #set(level: Level): void {
    const [text, quantity] = level;
    const price = canonical(text);
    const kept: Level = price === text ? level : [price, quantity];
    const key = keyOf(price) * this.#better;
    const place = this.#seek(price, key);
    if (!this.#isAt(place, price, key)) this.#insert(place, kept, key);
    else {
      this.#levels[place] = kept;
      if (price === this.#doubt) this.#findDoubt();
    }
  }

  /** Moves the better ones up by hand: they are few, and `splice` costs more than that. */
  #insert(place: number, level: Level, key: number): void {
    const levels = this.#levels;
    const keys = this.#keys;
    levels.push(level);
    keys.push(key);
    for (let at = levels.length - 1; at > place; at--) {
      levels[at] = levels[at - 1]!;
      keys[at] = keys[at - 1]!;
    }
    levels[place] = level;
    keys[place] = key;
    if (levels.length > MOST) this.#cut();
  }

  #remove(place: number): void {
    const levels = this.#levels;
    const keys = this.#keys;
    const price = levels[place]![0];
    const last = levels.length - 1;
    for (let at = place; at < last; at++) {
      levels[at] = levels[at + 1]!;
      keys[at] = keys[at + 1]!;
    }
    levels.pop();
    keys.pop();
    if (price === this.#doubt) this.#findDoubt();
  }

  /** A diff says 0. */
  #clear(price: Decimal, diff: readonly Level[]): void {
    const levels = this.#levels;
    const key = keyOf(price) * this.#better;
    const place = this.#seek(price, key);
    const isThere = this.#isAt(place, price, key);
    const better = levels.length - place - (isThere ? 1 : 0);
    const isBeyondWall = this.#wall !== undefined && this.#isBetter(this.#wall, price);
    if (isBeyondWall || !this.#isInDoubt(key, better, diff)) {
      if (isThere) this.#remove(place);
      return;
    }
    if (this.#doubt === undefined || this.#isBetter(price, this.#doubt)) this.#doubt = price;
    if (isThere) levels[place] = [price, ZERO];
    else this.#insert(place, [price, ZERO], key);
  }

  /**
   * Whether a level that a diff tells as 0 may have lain beyond the best 100, at the end of any block that the diff tells of:
   * it may have merged several. The levels that were there in any of them are those that are there now, and those that the diff
   * mentions, for none came or went without a mention.
   *
   * @param better - How many that are there now are better.
   */
  #isInDoubt(key: number, better: number, diff: readonly Level[]): boolean {
    if (better >= TOLD || better + diff.length < TOLD) return better >= TOLD;
    this.#edge ??= this.#edgeOf(diff);
    return key < this.#edge;
  }

  /** Key of the hundredth of all levels that are there or mentioned. */
  #edgeOf(diff: readonly Level[]): number {
    const keys = this.#keys.slice(-TOLD);
    for (const [text] of diff) {
      const price = canonical(text);
      const key = keyOf(price) * this.#better;
      if (!this.#isAt(this.#seek(price, key), price, key)) keys.push(key);
    }
    return keys.sort((a, b) => b - a)[TOLD - 1] ?? Number.NEGATIVE_INFINITY;
  }

  #findDoubt(): void {
    this.#doubt = this.#levels.findLast(([, quantity]) => quantity === ZERO)?.[0];
  }

  /** Drops the worst level. What it was is not known any more. */
  #cut(): void {
    const next = this.#levels[1]![0];
    if (this.#wall === undefined || this.#isBetter(next, this.#wall)) this.#wall = next;
    this.#remove(0);
  }

  /** A depth frame knows more than we do. */
  #learn(levels: readonly Level[]): void {
    if (isWhole(levels.length)) {
      this.base(levels);
      return;
    }
    const last = canonical(levels[levels.length - 1]![0]);
    this.#levels.length = this.#keys.length = this.#seek(last);
    for (const level of levels) this.#set(level);
    if (this.#wall !== undefined && this.#isBetter(this.#wall, last)) this.#wall = last;
    this.#findDoubt();
  }
}
