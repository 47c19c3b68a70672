/**
 * Chance of one seed, in strands: what one part draws does not move what another one does.
 * In: a seed and the name of a strand. Out: numbers, choices and delays, always the same ones.
 */
import { seededRandom } from '../support/random.ts';

/** A whole number of 32 bits for a text: FNV-1a. */
const numberOf = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let place = 0; place < text.length; place += 1) hash = Math.imul(hash ^ text.charCodeAt(place), 0x01000193);
  return hash >>> 0;
};

export class Chance {
  /** 0 up to 1. */
  readonly next: () => number;

  constructor(seed: number, strand: string) {
    this.next = seededRandom(numberOf(`${seed}/${strand}`));
  }

  /** Both ends included. */
  whole(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  /** @param part - 0: never, 1: always. */
  often(part: number): boolean {
    return this.next() < part;
  }

  pick<T>(list: readonly T[]): T {
    const found = list[Math.floor(this.next() * list.length)];
    if (found === undefined) throw new RangeError('nothing to pick from');
    return found;
  }
}
