import fc from 'fast-check';
import { test } from 'vitest';
import { MAX, notional, perMillion, UNIT } from './notional.ts';

const int64 = fc.oneof(
  fc.bigInt({ min: 0n, max: MAX }),
  fc.bigInt({ min: 0n, max: 100_000_000_000n }),
  fc.constantFrom(0n, 1n, UNIT - 1n, UNIT, 92_233_720_368n, 92_233_720_369n, 10_000_000_000_000_000n, MAX),
);

test('a notional is exact and rounded down, for all of int64', () => {
  fc.assert(
    fc.property(int64, int64, (price, quantity) => notional(price, quantity) === (price * quantity) / UNIT),
    {
      numRuns: 5_000,
    },
  );
});

test('a rate is exact and rounded down, also past int64', () => {
  const amounts = fc.oneof(int64, fc.bigInt({ min: MAX, max: MAX * MAX }));
  const rates = fc.bigInt({ min: 0n, max: 2_000_000n });
  fc.assert(
    fc.property(amounts, rates, (amount, rate) => perMillion(amount, rate) === (amount * rate) / 1_000_000n),
    {
      numRuns: 5_000,
    },
  );
});
