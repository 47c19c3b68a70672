import assert from 'node:assert/strict';
import { parseFees } from '@dexwire/protocol';
import { test } from 'vitest';
import { feeText } from './feeText.ts';

test('amounts of a fee become decimals and counts stay as they are', () => {
  assert.equal(feeText(''), '');
  assert.equal(feeText('BNB:39999'), 'BNB:0.00039999');
  assert.equal(feeText('BNB:0'), 'BNB:0.00000000');
  assert.equal(feeText('ABC-12F:5000000000;BNB:7;#Cxl:2;#Exp:1'), 'ABC-12F:50.00000000;BNB:0.00000007;#Cxl:2;#Exp:1');
  assert.equal(parseFees(feeText('ABC-12F:50;BNB:7;#Cxl:2')).length, 3);
});
