/**
 * One side of a book as the chain has it, in the plainest way: a map that is sorted for each look.
 * In: what a block changes. Out: the best levels, and what the chain tells of the changes. Source: spec §7.5.
 */
import { formatDecimal, type Level } from 'dexwire';

const level = ([price, quantity]: readonly [number, number]): Level => [
  formatDecimal(BigInt(price), 8),
  formatDecimal(BigInt(quantity), 8),
];

export const levelsOf = (changes: Iterable<readonly [price: number, quantity: number]>): Level[] =>
  Array.from(changes, level);

/** Of bids: the greater price is the better one. Prices and quantities are whole units of 1e-8. */
export class NaiveSide {
  readonly open = new Map<number, number>();

  best(count: number): Level[] {
    return levelsOf([...this.open].sort(([a], [b]) => b - a).slice(0, count));
  }

  /** @returns What is told of the changes: 0 also for what lies beyond the best 100. */
  block(changes: ReadonlyMap<number, number>): Map<number, number> {
    const changed = [...changes].filter(([price, quantity]) => (this.open.get(price) ?? 0) !== quantity);
    for (const [price, quantity] of changed) {
      if (quantity === 0) this.open.delete(price);
      else this.open.set(price, quantity);
    }
    const last = [...this.open.keys()].sort((a, b) => b - a)[99] ?? 0;
    return new Map(changed.map(([price, quantity]) => [price, price < last ? 0 : quantity]));
  }
}
