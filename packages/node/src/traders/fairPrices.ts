/**
 * Fair prices: where traders believe a pair should trade, wandering slowly about its list price.
 * In: a seed, a pair, a height. Out: a price.
 *
 * Each asset has a worth that swings about 1, so that prices of a triangle of pairs agree as well as their list prices do.
 * It is noise between fixed points and no walk: however long it goes on, a price stays within 10 % of the list price.
 */
import type { Height } from '@dexwire/protocol';
import type { Pair } from '../chain/state.ts';
import { Chance } from './chance.ts';

/** Swings that are added up: how many blocks from one fixed point to the next, and how far they go, per million. */
const SWINGS = [
  { blocks: 9_000, reach: 30_000 },
  { blocks: 900, reach: 8_000 },
  { blocks: 90, reach: 1_500 },
] as const;

const WHOLE = 1_000_000;

interface Knot {
  readonly place: number;
  readonly value: number;
}

export class FairPrices {
  readonly #seed: number;
  /** The fixed points that were asked for last: each is needed for many blocks. Two for each asset and swing. */
  readonly #knots = new Map<string, Knot>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** Units of the quote asset for one whole base asset; not rounded to the tick. Within 10 % of the list price. */
  of(pair: Pair, height: Height): bigint {
    return (pair.listPrice * this.#worth(pair.base, height)) / this.#worth(pair.quote, height);
  }

  /** Of an asset, per million of what it is worth in the long run. */
  #worth(asset: string, height: Height): bigint {
    let worth = WHOLE;
    for (const { blocks, reach } of SWINGS) {
      const place = Math.floor(height / blocks);
      const way = height / blocks - place;
      const from = this.#knot(asset, blocks, reach, place);
      const to = this.#knot(asset, blocks, reach, place + 1);
      // Flat at both ends, so that it does not turn sharply at a fixed point.
      worth += from + (to - from) * way * way * (3 - 2 * way);
    }
    return BigInt(Math.round(worth));
  }

  #knot(asset: string, blocks: number, reach: number, place: number): number {
    const key = `${asset}/${blocks}/${place % 2}`;
    let knot = this.#knots.get(key);
    if (knot?.place !== place) {
      knot = { place, value: new Chance(this.#seed, `worth of ${asset}, ${blocks}`, place).whole(-reach, reach) };
      this.#knots.set(key, knot);
    }
    return knot.value;
  }
}
