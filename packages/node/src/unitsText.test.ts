import assert from 'node:assert/strict';
import { formatDecimal } from '@dexwire/protocol';
import fc from 'fast-check';
import { test } from 'vitest';
import { unitsText } from './unitsText.ts';

test('an amount is written with eight digits behind the point, as the exact formatter writes it', () => {
  assert.equal(unitsText(0n), '0.00000000');
  assert.equal(unitsText(-73n), '-0.00000073');
  assert.equal(unitsText(9_223_372_036_854_775_807n), '92233720368.54775807');
  const isRight = (units: bigint): void => assert.equal(unitsText(units), formatDecimal(units, 8));
  const edge = 2n ** 53n;
  for (const units of [
    1n,
    9_999n,
    10_000n,
    99_999_999n,
    100_000_000n,
    edge - 2n,
    edge - 1n,
    edge,
    edge + 1n,
    1n - edge,
  ])
    isRight(units);
  fc.assert(fc.property(fc.bigInt(), isRight));
  fc.assert(fc.property(fc.bigInt({ min: -edge, max: edge }), isRight), { numRuns: 2_000 });
});
