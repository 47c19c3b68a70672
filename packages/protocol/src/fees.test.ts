import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { formatDecimal } from './decimal.ts';
import { type Fee, formatFees, parseFees } from './fees.ts';
import type { Decimal } from './units.ts';

const FEE_INVALID = { name: 'ValueError', code: 'FEE_INVALID' };
const amount = (asset: string, amount: string): Fee => ({ kind: 'amount', asset, amount: amount as Decimal });

const asset = fc.constantFrom('BNB', 'ABC-123', 'DEX.B-C72', '100K-9BC', '007-1AB', 'XYZ-0A1M', 'BTCB-1DE');
const fee: fc.Arbitrary<Fee> = fc.oneof(
  fc
    .tuple(asset, fc.bigInt({ min: 0n, max: 2n ** 70n }), fc.integer({ min: 0, max: 8 }))
    .map(([asset, units, scale]) => amount(asset, formatDecimal(units, scale))),
  fc
    .tuple(fc.constantFrom('cancels' as const, 'expiries' as const), fc.maxSafeNat())
    .map(([kind, count]) => ({ kind, count })),
);

test('the modern form is read to the digit, with or without its final semicolon', () => {
  assert.deepEqual(parseFees('BNB:0.00039999;ABC-123:5'), [amount('BNB', '0.00039999'), amount('ABC-123', '5')]);
  assert.deepEqual(parseFees('BNB:0.00000172;'), [amount('BNB', '0.00000172')]);
  assert.deepEqual(parseFees('BNB:92233720368.54775808'), [amount('BNB', '92233720368.54775808')]);
});

test('an empty text is no fee', () => {
  assert.deepEqual(parseFees(''), []);
  assert.deepEqual(parseFees(';'), []);
  assert.equal(formatFees([]), '');
});

test('charged cancels and expiries are counted', () => {
  assert.deepEqual(parseFees('BNB:0.00039999;#Cxl:2;#Exp:1'), [
    amount('BNB', '0.00039999'),
    { kind: 'cancels', count: 2 },
    { kind: 'expiries', count: 1 },
  ]);
});

test('the documented forms with the amount first are read', () => {
  assert.deepEqual(parseFees('10000BNB'), [amount('BNB', '10000')]);
  assert.deepEqual(parseFees('1.00000000BNB;0.00001000BTC;0.00050000ETH'), [
    amount('BNB', '1.00000000'),
    amount('BTC', '0.00001000'),
    amount('ETH', '0.00050000'),
  ]);
});

test('an asset that begins with digits is told from an amount before it by the eight places of the chain', () => {
  assert.deepEqual(parseFees('1.00000000100K-9BC'), [amount('100K-9BC', '1.00000000')]);
  assert.deepEqual(parseFees('100K-9BC:1.5'), [amount('100K-9BC', '1.5')]);
});

test('only the modern form is written', () => {
  assert.equal(formatFees(parseFees('10000BNB;1.00000000ABC-123;#Cxl:3;')), 'BNB:10000;ABC-123:1.00000000;#Cxl:3');
});

test('anything else is a typed error', () => {
  const bad = [
    'BNB',
    '10000',
    '1.5',
    'BNB:',
    ':5',
    'BNB:-1',
    '-1BNB',
    'BNB:1e5',
    'BNB:1,5',
    'BNB:1.',
    'BNB:.5',
    'bnb:1',
  ];
  const worse = [
    'BNB:1 ; ABC:2',
    'BNB:1:2',
    '#Cxl',
    '#Cxl:',
    '#Cxl:-1',
    '#Cxl:1.5',
    '#Cxl:007',
    '#Foo:1',
    '#cxl:1',
    '١BNB',
  ];
  for (const text of [...bad, ...worse, '#Exp:9007199254740992', 'BNB:1;nonsense', `BNB:${'9'.repeat(1001)}`])
    assert.throws(() => parseFees(text), FEE_INVALID, text);
});

test('a fee that could not be read back is not written', () => {
  for (const bad of [
    amount('B;B', '1'),
    amount('BNB', '1;2'),
    amount('BNB', 'x'),
    amount('', '1'),
    amount('#Cxl', '5'),
  ])
    assert.throws(() => formatFees([bad]), FEE_INVALID);
  for (const count of [-1, 0.5, Number.NaN, 2 ** 53])
    assert.throws(() => formatFees([{ kind: 'cancels', count }]), FEE_INVALID);
});

test('every list of fees survives its text, with and without a final semicolon', () => {
  fc.assert(
    fc.property(fc.array(fee, { maxLength: 6 }), (fees) => {
      assert.deepEqual(parseFees(formatFees(fees)), fees);
      assert.deepEqual(parseFees(`${formatFees(fees)};`), fees);
    }),
  );
});

test('any text at all is fees that survive a second reading, or a typed error', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[#:;.\dABxCl-]{0,24}$/)), (text) => {
      let fees: Fee[];
      try {
        fees = parseFees(text);
      } catch (error) {
        assert.throws(() => {
          throw error;
        }, FEE_INVALID);
        return;
      }
      assert.deepEqual(parseFees(formatFees(fees)), fees);
    }),
  );
});

test('a long hostile text is judged in time that grows with its length only', () => {
  // A quadratic reader would outlast the runner's time for a test.
  for (const unit of ['9', '9;', '1.', 'A', '1A', '#Cxl:', ';'])
    try {
      parseFees(unit.repeat(400_000));
    } catch (error) {
      assert.equal((error as { code?: unknown }).code, 'FEE_INVALID');
    }
});
