/**
 * A trader's chance in one block: always the same numbers for the same seed, name and height.
 * In: seed, name, height. Out: numbers.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { uniformBigInt } from 'pure-rand/distribution/uniformBigInt';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

const encoder = new TextEncoder();

export class Chance {
  readonly #generator: RandomGenerator;

  /** @param height - Any whole number that tells one drawing of a name from the next. */
  constructor(seed: number, name: string, height: number) {
    // Neighbouring heights must not give neighbouring numbers, so the generator starts from a digest.
    const digest = sha256(encoder.encode(`${seed}/${name}/${height}`));
    const words = new DataView(digest.buffer, digest.byteOffset);
    this.#generator = xoroshiro128plusFromState([0, 4, 8, 12].map((place) => words.getInt32(place)));
  }

  /** From `least` to `most`, both included. */
  whole(least: number, most: number): number {
    return uniformInt(this.#generator, least, most);
  }

  /** From `least` to `most`, both included. */
  units(least: bigint, most: bigint): bigint {
    return uniformBigInt(this.#generator, least, most);
  }

  /** True so many times in a thousand. */
  often(perMille: number): boolean {
    return this.whole(1, 1_000) <= perMille;
  }

  /** @param list - Not empty. */
  one<Item>(list: readonly Item[]): Item {
    const item = list[this.whole(0, list.length - 1)];
    if (item === undefined) throw new RangeError('nothing to choose from');
    return item;
  }
}
