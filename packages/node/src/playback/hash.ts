/**
 * Chance without state: the same numbers give the same number, so that any moment can be worked out by itself.
 * In: a seed and two whole numbers. Out: a whole number below 2^32, evenly spread.
 */
export const hash = (seed: number, a: number, b: number): number => {
  let mixed = seed ^ 0x9e3779b9;
  for (const value of [a, b]) {
    mixed = Math.imul(mixed ^ value, 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    mixed ^= mixed >>> 16;
  }
  return mixed >>> 0;
};

/** A seed of its own for a name. */
export const seedOf = (seed: number, name: string): number => {
  let mixed = seed;
  for (let place = 0; place < name.length; place += 1) mixed = hash(mixed, name.charCodeAt(place), place);
  return mixed;
};
