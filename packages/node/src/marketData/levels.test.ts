import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { Levels } from './levels.ts';

test('the best levels are those of a book that is sorted anew each time, whenever it is asked', () => {
  const step = fc.record({
    side: fc.constantFrom('buy', 'sell'),
    price: fc.bigInt({ min: 1n, max: 12n }),
    open: fc.bigInt({ min: 0n, max: 3n }),
    isLook: fc.boolean(),
  } as const);
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80, size: 'max' }), fc.nat({ max: 14 }), (steps, count) => {
      const levels = new Levels();
      const naive = { buy: new Map<bigint, bigint>(), sell: new Map<bigint, bigint>() };
      for (const { side, price, open, isLook } of steps) {
        const { version } = levels;
        levels.set(side, price, open);
        assert.notEqual(levels.version, version);
        if (open > 0n) naive[side].set(price, open);
        else naive[side].delete(price);
        if (!isLook) continue;
        for (const one of ['buy', 'sell'] as const) {
          const sorted = [...naive[one]].sort(([a], [b]) => (a < b === (one === 'sell') ? -1 : 1));
          assert.deepEqual(levels.best(one, count), sorted.slice(0, count));
        }
      }
    }),
    { numRuns: 300 },
  );
});
