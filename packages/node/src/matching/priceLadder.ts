/**
 * The price levels of one side, the best first.
 * In: orders to add, levels that became empty. Out: levels by price and by rank.
 *
 * Levels stand in chunks of bounded size, so that neither coming nor going costs more with more levels. A chunk keeps
 * its prices in a column of int64 besides, negative for buys: so best first is ascending on either side.
 */
import { PriceLevel } from './priceLevel.ts';
import type { OrderSide, RestingOrder } from './restingOrder.ts';

/** Levels in a chunk, at most. Of 32 to 256 the fastest, with 500 levels and with 100,000. */
const CAPACITY = 64;

class Chunk<Order extends RestingOrder> {
  readonly keys = new BigInt64Array(CAPACITY);
  readonly levels: PriceLevel<Order>[] = [];
}

export class PriceLadder<Order extends RestingOrder> {
  readonly #isBuy: boolean;
  readonly #chunks: Chunk<Order>[] = [];
  /** The first key of each chunk. */
  #firsts = new BigInt64Array(16);
  #size = 0;
  /** Where the latest search ended: the chunk and the place in it. */
  #chunk = 0;
  #place = 0;

  constructor(side: OrderSide) {
    this.#isBuy = side === 'buy';
  }

  /** Number of levels. */
  get size(): number {
    return this.#size;
  }

  get best(): PriceLevel<Order> | undefined {
    return this.#chunks[0]?.levels[0];
  }

  at(price: bigint): PriceLevel<Order> | undefined {
    return this.#find(price) ? this.#chunks[this.#chunk]?.levels[this.#place] : undefined;
  }

  /** The level of a price, which comes to be if there is none. */
  open(price: bigint): PriceLevel<Order> {
    if (this.#find(price)) return this.#chunks[this.#chunk]!.levels[this.#place]!;
    const level = new PriceLevel<Order>(price);
    this.#insert(level);
    return level;
  }

  /** Takes out the level of a price, if there is one. */
  remove(price: bigint): void {
    if (!this.#find(price)) return;
    const at = this.#chunk;
    const chunk = this.#chunks[at]!;
    const { keys, levels } = chunk;
    const last = levels.length - 1;
    for (let place = this.#place; place < last; place += 1) {
      keys[place] = keys[place + 1]!;
      levels[place] = levels[place + 1]!;
    }
    levels.pop();
    this.#firsts[at] = keys[0]!;
    this.#size -= 1;
    if (last <= CAPACITY / 4) this.#join(at);
  }

  /** A walk along the levels from the best up to a price, and that price. No level may come or go meanwhile. */
  walk(price: bigint): () => PriceLevel<Order> | undefined {
    const limit = this.#key(price);
    let at = 0;
    let place = 0;
    return () => {
      let chunk = this.#chunks[at];
      if (chunk !== undefined && place === chunk.levels.length) {
        at += 1;
        place = 0;
        chunk = this.#chunks[at];
      }
      if (chunk === undefined || chunk.keys[place]! > limit) return undefined;
      place += 1;
      return chunk.levels[place - 1];
    };
  }

  /** Best first. No level may come or go meanwhile. */
  *[Symbol.iterator](): IterableIterator<PriceLevel<Order>> {
    for (const { levels } of this.#chunks) yield* levels;
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
    high = chunk.levels.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (keys[middle]! < key) low = middle + 1;
      else high = middle;
    }
    this.#place = low;
    return low < chunk.levels.length && keys[low]! === key;
  }

  /** Puts a new level where the latest search ended. */
  #insert(level: PriceLevel<Order>): void {
    if (this.#chunks.length === 0) this.#add(0, new Chunk());
    let chunk = this.#chunks[this.#chunk]!;
    if (chunk.levels.length === CAPACITY) {
      const next = new Chunk<Order>();
      // A level that comes last opens a chunk of its own, so that prices that come in order fill their chunks.
      const half = this.#place === CAPACITY ? CAPACITY : CAPACITY / 2;
      next.keys.set(chunk.keys.subarray(half));
      for (let place = half; place < CAPACITY; place += 1) next.levels.push(chunk.levels[place]!);
      chunk.levels.length = half;
      this.#add(this.#chunk + 1, next);
      if (this.#place > half || half === CAPACITY) {
        chunk = next;
        this.#chunk += 1;
        this.#place -= half;
      }
    }
    const { keys, levels } = chunk;
    levels.push(level);
    for (let place = levels.length - 1; place > this.#place; place -= 1) {
      keys[place] = keys[place - 1]!;
      levels[place] = levels[place - 1]!;
    }
    keys[this.#place] = this.#key(level.price);
    levels[this.#place] = level;
    this.#firsts[this.#chunk] = keys[0]!;
    this.#size += 1;
  }

  #add(at: number, chunk: Chunk<Order>): void {
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
    if (chunk.levels.length === 0) this.#drop(at);
    else if (next !== undefined && chunk.levels.length + next.levels.length <= CAPACITY / 2) {
      chunk.keys.set(next.keys.subarray(0, next.levels.length), chunk.levels.length);
      for (const level of next.levels) chunk.levels.push(level);
      this.#drop(at + 1);
    }
  }
}
