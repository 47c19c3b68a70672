import assert from 'node:assert/strict';
import { formatDecimal } from '@dexwire/protocol';
import fc from 'fast-check';
import { test } from 'vitest';
import { unitsText } from './unitsText.ts';

test('an amount is written with eight digits behind the point, as the exact formatter writes it', () => {
  assert.equal(unitsText(0n), '0.00000000');
  assert.equal(unitsText(-73n), '-0.00000073');
  assert.equal(unitsText(9_223_372_036_854_775_807n), '92233720368.54775807');
  fc.assert(fc.property(fc.bigInt(), (units) => assert.equal(unitsText(units), formatDecimal(units, 8))));
});
