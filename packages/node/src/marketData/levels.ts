/**
 * The price levels of one symbol as they stood at the end of the latest block, while the resting orders already change in the next.
 * In: levels that changed, with their new open quantity. Out: the best levels of a side.
 *
 * Prices are sorted only when somebody asks, and only if levels have come or gone since.
 */
import type { OrderSide } from '../matching/orderColumns.ts';

/** Price and open quantity, units of 1e-8. */
export type OpenLevel = readonly [price: bigint, open: bigint];

export class Levels {
  readonly #buys = new Side((a, b) => a > b);
  readonly #sells = new Side((a, b) => a < b);
  #version = 0;

  /** Differs whenever the levels do. */
  get version(): number {
    return this.#version;
  }

  /** @param open - 0: the level is gone. */
  set(side: OrderSide, price: bigint, open: bigint): void {
    this.#side(side).set(price, open);
    this.#version += 1;
  }

  /** At most so many, best first. */
  best(side: OrderSide, count: number): OpenLevel[] {
    return this.#side(side).best(count);
  }

  #side(side: OrderSide): Side {
    return side === 'buy' ? this.#buys : this.#sells;
  }
}

class Side {
  readonly #isBetter: (a: bigint, b: bigint) => boolean;
  readonly #open = new Map<bigint, bigint>();
  /** Best first, as it was last asked for: prices in it may be gone. */
  #prices: bigint[] = [];
  /** Prices that have come since. One that went and came again is in both. */
  readonly #fresh = new Set<bigint>();
  #hasGone = false;

  constructor(isBetter: (a: bigint, b: bigint) => boolean) {
    this.#isBetter = isBetter;
  }

  set(price: bigint, open: bigint): void {
    if (open > 0n) {
      if (!this.#open.has(price)) this.#fresh.add(price);
      this.#open.set(price, open);
    } else if (this.#open.delete(price) && !this.#fresh.delete(price)) this.#hasGone = true;
  }

  best(count: number): OpenLevel[] {
    if (this.#fresh.size > 0 || this.#hasGone) this.#sort();
    return this.#prices.slice(0, count).map((price): OpenLevel => [price, this.#open.get(price)!]);
  }

  #sort(): void {
    const kept = this.#prices.filter((price) => this.#open.has(price) && !this.#fresh.has(price));
    const fresh = [...this.#fresh].sort((a, b) => (this.#isBetter(a, b) ? -1 : 1));
    this.#prices = [];
    let next = 0;
    for (const price of kept) {
      while (next < fresh.length && this.#isBetter(fresh[next]!, price)) this.#prices.push(fresh[next++]!);
      this.#prices.push(price);
    }
    while (next < fresh.length) this.#prices.push(fresh[next++]!);
    this.#fresh.clear();
    this.#hasGone = false;
  }
}
