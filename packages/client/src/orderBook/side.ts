/**
 * One side of an order book: its levels in order, and how many of the best are known for certain.
 * In: levels of depth frames, which are whole, and of diffs, which change some. Out: levels, best first.
 *
 * Prices are canonical text, with 8 digits behind the point, and beside each stands its key: the whole number of 1e-8 that
 * it is. Up to 2^53, some 90 million, a key is exact; beyond, up to the int64 that a price is, keys are still in order, and of
 * equal ones the texts decide.
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
/** The highest price, in units of 1e-8: the chain's are int64. Spec §6. */
const HIGHEST = 2n ** 63n - 1n;
/** The longest canonical price that is below it whatever its digits. */
const SHORT = 19;

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
    length <= SHORT &&
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
  if (units < 0n || units > HIGHEST) throw bad('price', price);
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

/** @throws BookError `BAD_LEVEL` if it is below 0, or finer than quantities are, so that sums of it would not be exact. */
const isZero = (quantity: Decimal): boolean => {
  const first = quantity.charCodeAt(0);
  if (first === MINUS) throw bad('quantity', quantity);
  if (quantity.charCodeAt(quantity.length - 1 - SCALE) !== POINT) checkScale(quantity);
  return first === DIGIT_0 && (quantity === ZERO || /^[0.]+$/.test(quantity));
};

const checkScale = (quantity: Decimal): void => {
  try {
    decimalUnits(quantity, SCALE);
  } catch (cause) {
    throw bad('quantity', quantity, cause);
  }
};

/** Below zero if `a` is the smaller price. Both are canonical: then the longer one is greater. */
export const comparePrices = (a: Decimal, b: Decimal): number =>
  a.length === b.length ? (a < b ? -1 : a > b ? 1 : 0) : a.length - b.length;

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
    const [told, last] = this.#read(levels);
    this.#levels.length = this.#keys.length = 0;
    this.#take(told, last);
    this.#wall = last;
  }

  /**
   * Compares with the levels of a depth frame as far as both know, and takes from it what was not certain.
   *
   * @returns Whether they are the same.
   */
  agrees(levels: readonly Level[]): boolean {
    const { certain } = this;
    const [told, last] = this.#read(levels);
    if (this.#unlike(told, last).size) return false;
    if (last === undefined ? certain !== Number.POSITIVE_INFINITY : told.length > certain) {
      this.#take(told, last);
      if (last === undefined || (this.#wall !== undefined && this.#isBetter(this.#wall, last))) this.#wall = last;
    }
    return true;
  }

  /**
   * Takes the levels of a depth frame in place of those that it tells of. What lies beyond stays, and nothing vouches for it
   * any more.
   *
   * @returns The prices of which the frame said otherwise, as far as both knew.
   */
  renew(levels: readonly Level[]): Set<Decimal> {
    const [told, last] = this.#read(levels);
    const unlike = this.#unlike(told, last);
    this.#take(told, last);
    this.#wall = last;
    return unlike;
  }

  /** Of levels beyond so many nothing is certain any more. */
  bound(count: number): void {
    const last = this.top(count)[count - 1]?.[0];
    if (last !== undefined && (this.#wall === undefined || this.#isBetter(last, this.#wall))) this.#wall = last;
  }

  /**
   * Takes levels in place of those beyond what depth frames have told: nothing vouches for them, they are better than none.
   *
   * @param isKnown - Whether a diff has told a price meanwhile: then what is there stays.
   */
  extend(levels: readonly Level[], isKnown: (price: Decimal) => boolean): void {
    const wall = this.#wall;
    if (wall === undefined) return;
    const place = this.#seek(wall);
    const beyond = new Map(this.#levels.slice(0, place).filter(([price]) => isKnown(price)));
    for (const [text, quantity] of levels) {
      const price = canonical(text);
      if (this.#isBetter(wall, price) && !isKnown(price) && !isZero(quantity)) beyond.set(price, quantity);
    }
    const better = this.#levels.slice(place).reverse();
    this.#take([...better, ...[...beyond].sort(this.#order)], undefined);
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

  /**
   * The levels of a depth frame as they ought to come, best first, each price once, none of 0; and the price of the last one, if
   * the frame may have been cut there, so that it tells nothing of what lies beyond.
   *
   * @throws BookError `BAD_LEVEL`.
   */
  #read(levels: readonly Level[]): [told: readonly Level[], last: Decimal | undefined] {
    let told = levels;
    const isFine = levels.every(
      ([price, quantity], rank) =>
        canonical(price) === price && !isZero(quantity) && (rank === 0 || this.#isBetter(levels[rank - 1]![0], price)),
    );
    if (!isFine) {
      const own = new Map(levels.map(([price, quantity]) => [canonical(price), quantity]));
      told = [...own].filter(([, quantity]) => !isZero(quantity)).sort(this.#order);
    }
    if (!DEPTH_LEVELS.some((depth) => depth === levels.length)) return [told, undefined];
    if (!told.length) throw bad('a depth of', `${levels.length} levels, all of 0`);
    return [told, told.at(-1)![0]];
  }

  readonly #order = ([a]: Level, [b]: Level): number => comparePrices(b, a) * this.#better;

  /** @param told - In order, and better than all that are there. */
  #push(told: readonly Level[]): void {
    for (let rank = told.length - 1; rank >= 0; rank--) {
      this.#levels.push(told[rank]!);
      this.#keys.push(keyOf(told[rank]![0]) * this.#better);
    }
    while (this.#levels.length > MOST) this.#cut();
  }

  /** Takes levels, in order, in place of all, or of all that are not worse than the last of them. */
  #take(told: readonly Level[], last: Decimal | undefined): void {
    this.#levels.length = this.#keys.length = last === undefined ? 0 : this.#seek(last);
    this.#push(told);
    this.#findDoubt();
  }

  /** @param last - The worst price that the frame tells of; undefined: it tells of all. */
  #unlike(told: readonly Level[], last: Decimal | undefined): Set<Decimal> {
    const wall = this.#wall;
    const doubt = this.#doubt;
    const isKnown = (price: Decimal): boolean =>
      !(wall !== undefined && this.#isBetter(wall, price)) &&
      !(last !== undefined && this.#isBetter(last, price)) &&
      (doubt === undefined || this.#isBetter(price, doubt));
    const own = new Map<Decimal, Decimal>();
    for (const [price, quantity] of this) {
      if (!isKnown(price)) break;
      own.set(price, quantity);
    }
    const unlike = new Set<Decimal>();
    for (const [price, quantity] of told) {
      if (!isKnown(price)) continue;
      const kept = own.get(price);
      if (kept === undefined || compareDecimal(kept, quantity) !== 0) unlike.add(price);
      own.delete(price);
    }
    for (const price of own.keys()) unlike.add(price);
    return unlike;
  }
}
