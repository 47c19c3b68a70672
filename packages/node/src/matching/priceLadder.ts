/**
 * The price levels of one side, the best first.
 * In: orders to add, levels that became empty. Out: levels by price and by rank.
 *
 * Levels stand in chunks of bounded size, so that neither coming nor going costs more with more levels. A chunk keeps
 * its prices in a column of int64 besides, negative for buys: so best first is ascending on either side.
 */
import { NONE, type OrderSide } from './orderColumns.ts';
import type { Level, PriceLevels } from './priceLevels.ts';

/** Levels in a chunk, at most. Of 32 to 256 the fastest, with 500 levels and with 100,000. */
const CAPACITY = 64;

class Chunk {
  readonly keys = new BigInt64Array(CAPACITY);
  readonly levels = new Int32Array(CAPACITY);
  length = 0;
}

/** A walk along the levels of a side from the best up to a price, and that price. No level may come or go meanwhile. */
export class Walk {
  readonly #chunks: readonly Chunk[];
  readonly #limit: bigint;
  #at = 0;
  #place = 0;

  /** @param limit - The last key to walk to. */
  constructor(chunks: readonly Chunk[], limit: bigint) {
    this.#chunks = chunks;
    this.#limit = limit;
  }

  /** The next level, or `NONE`. */
  next(): Level {
    let chunk = this.#chunks[this.#at];
    if (chunk !== undefined && this.#place === chunk.length) {
      this.#at += 1;
      this.#place = 0;
      chunk = this.#chunks[this.#at];
    }
    if (chunk === undefined || chunk.keys[this.#place]! > this.#limit) return NONE;
    this.#place += 1;
    return chunk.levels[this.#place - 1]!;
  }
}

export class PriceLadder {
  readonly #levels: PriceLevels;
  readonly #isBuy: boolean;
  readonly #chunks: Chunk[] = [];
  /** The first key of each chunk. */
  #firsts = new BigInt64Array(16);
  #size = 0;
  /** Where the latest search ended: the chunk and the place in it. */
  #chunk = 0;
  #place = 0;

  constructor(levels: PriceLevels, side: OrderSide) {
    this.#levels = levels;
    this.#isBuy = side === 'buy';
  }

  /** Number of levels. */
  get size(): number {
    return this.#size;
  }

  /** `NONE` of no levels. */
  get best(): Level {
    return this.#size === 0 ? NONE : this.#chunks[0]!.levels[0]!;
  }

  /** `NONE` if there is none. */
  at(price: bigint): Level {
    return this.#find(price) ? this.#chunks[this.#chunk]!.levels[this.#place]! : NONE;
  }

  /** The level of a price, which comes to be if there is none. */
  open(price: bigint): Level {
    if (this.#find(price)) return this.#chunks[this.#chunk]!.levels[this.#place]!;
    const level = this.#levels.make(price);
    this.#insert(level, price);
    return level;
  }

  /** Takes out the level of a price, if there is one, and releases it. */
  remove(price: bigint): void {
    if (!this.#find(price)) return;
    const at = this.#chunk;
    const chunk = this.#chunks[at]!;
    const { keys, levels } = chunk;
    this.#levels.release(levels[this.#place]!);
    const last = chunk.length - 1;
    for (let place = this.#place; place < last; place += 1) {
      keys[place] = keys[place + 1]!;
      levels[place] = levels[place + 1]!;
    }
    chunk.length = last;
    this.#firsts[at] = keys[0]!;
    this.#size -= 1;
    if (last <= CAPACITY / 4) this.#join(at);
  }

  walk(price: bigint): Walk {
    return new Walk(this.#chunks, this.#key(price));
  }

  /** Best first. No level may come or go meanwhile. */
  *[Symbol.iterator](): IterableIterator<Level> {
    for (const { levels, length } of this.#chunks) yield* levels.subarray(0, length);
  }

  #key(price: bigint): bigint {
    return this.#isBuy ? BigInt.asIntN(64, -price) : BigInt.asIntN(64, price);
  }

  /** Leaves in `#chunk` and `#place` where the price is, or belongs. */
  #find(price: bigint): boolean {
    const key = this.#key(price);
    const chunks = this.#chunks;
    const firsts = this.#firsts;
    let low = 0;
    let high = chunks.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (firsts[middle]! <= key) low = middle;
      else high = middle - 1;
    }
    this.#chunk = low;
    const chunk = chunks[low];
    this.#place = 0;
    if (chunk === undefined) return false;
    const { keys } = chunk;
    low = 0;
    high = chunk.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    this.#place = low;
    return low < chunk.length && keys[low]! === key;
  }

  /** Puts a new level where the latest search ended. */
  #insert(level: Level, price: bigint): void {
    if (this.#chunks.length === 0) this.#add(0, new Chunk());
    let chunk = this.#chunks[this.#chunk]!;
    if (chunk.length === CAPACITY) {
      const next = new Chunk();
      // A level that comes last opens a chunk of its own, so that prices that come in order fill their chunks.
      const half = this.#place === CAPACITY ? CAPACITY : CAPACITY / 2;
      next.keys.set(chunk.keys.subarray(half));
      next.levels.set(chunk.levels.subarray(half));
      next.length = CAPACITY - half;
      chunk.length = half;
      this.#add(this.#chunk + 1, next);
      if (this.#place > half || half === CAPACITY) {
        chunk = next;
        this.#chunk += 1;
        this.#place -= half;
      }
    }
    const { keys, levels } = chunk;
    for (let place = chunk.length; place > this.#place; place -= 1) {
      keys[place] = keys[place - 1]!;
      levels[place] = levels[place - 1]!;
    }
    chunk.length += 1;
    keys[this.#place] = this.#key(price);
    levels[this.#place] = level;
    this.#firsts[this.#chunk] = keys[0]!;
    this.#size += 1;
  }

  #add(at: number, chunk: Chunk): void {
    this.#chunks.splice(at, 0, chunk);
    if (this.#chunks.length > this.#firsts.length) {
      const wide = new BigInt64Array(this.#firsts.length * 2);
      wide.set(this.#firsts);
      this.#firsts = wide;
    }
    this.#firsts.copyWithin(at + 1, at, this.#chunks.length - 1);
    this.#firsts[at] = chunk.keys[0]!;
  }

  #drop(at: number): void {
    this.#chunks.splice(at, 1);
    this.#firsts.copyWithin(at, at + 1, this.#chunks.length + 1);
  }

  /** Drops a chunk that is empty, and pours the next one into a chunk that is nearly so. */
  #join(at: number): void {
    const chunk = this.#chunks[at]!;
    const next = this.#chunks[at + 1];
    if (chunk.length === 0) this.#drop(at);
    else if (next !== undefined && chunk.length + next.length <= CAPACITY / 2) {
      chunk.keys.set(next.keys.subarray(0, next.length), chunk.length);
      chunk.levels.set(next.levels.subarray(0, next.length), chunk.length);
      chunk.length += next.length;
      this.#drop(at + 1);
    }
  }
}
