import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import {
  addDecimal,
  compareDecimal,
  decimalFromNumber,
  decimalUnits,
  formatDecimal,
  isDecimal,
  multiplyDecimal,
  negateDecimal,
  parseDecimal,
  type Rounding,
  rescaleDecimal,
  subtractDecimal,
} from './decimal.ts';
import type { Decimal } from './units.ts';

const d = parseDecimal;
const INVALID = { name: 'ValueError', code: 'DECIMAL_INVALID' };
const INEXACT = { name: 'ValueError', code: 'DECIMAL_INEXACT' };
const ROUNDINGS: readonly Rounding[] = ['exact', 'floor', 'ceil', 'trunc', 'halfUp', 'halfEven'];

// Units far beyond int64, as volumes are, at scales around the wire's 8; texts also with needless zeros and minus signs.
const units = fc.bigInt({ min: -(2n ** 90n), max: 2n ** 90n });
const scale = fc.integer({ min: 0, max: 20 });
const value = fc.record({ units, scale });
const text = fc.oneof(
  value.map((v) => formatDecimal(v.units, v.scale)),
  fc.stringMatching(/^-?0{0,3}\d{1,12}(\.\d{1,12}0{0,3})?$/).map(d),
  fc.stringMatching(/^-?0{1,3}(\.0{1,3})?$/).map(d),
);
// An oracle of its own: every text as units of 10^-40.
const wide = (a: Decimal): bigint => {
  const [whole = '', fraction = ''] = a.split('.');
  return BigInt(whole + fraction.padEnd(40, '0'));
};

test('the grammar admits plain digits with an optional minus and fraction, and nothing else', () => {
  for (const good of ['0', '-0', '0.0', '00012', '1.50', '-0.00000073', '90000000000.00000000', '9'.repeat(1000)]) {
    assert.equal(isDecimal(good), true, good);
    assert.equal(parseDecimal(good), good);
  }
  const bad = ['', '-', '.', '1.', '.5', '+1', '--1', '1e5', '1E-7', ' 1', '1 ', '1\n', '1,5', '1_000', '0x10', 'NaN'];
  for (const text of [...bad, 'Infinity', '1.2.3', '١', '１', '9'.repeat(1001), `0.${'0'.repeat(1_000_000)}`]) {
    assert.equal(isDecimal(text), false, text.slice(0, 20));
    assert.throws(() => parseDecimal(text), INVALID);
  }
  for (const other of [12, 12n, null, undefined, ['1'], { toString: () => '1' }]) assert.equal(isDecimal(other), false);
});

test('malformed text is refused by every operation, whichever side it stands on', () => {
  const bad = '3333,0' as Decimal;
  for (const operate of [compareDecimal, addDecimal, subtractDecimal, multiplyDecimal]) {
    assert.throws(() => operate(bad, d('1')), INVALID);
    assert.throws(() => operate(d('1'), bad), INVALID);
  }
  assert.throws(() => negateDecimal(bad), INVALID);
  assert.throws(() => decimalUnits(bad, 8), INVALID);
  assert.throws(() => rescaleDecimal(bad, 8, 'trunc'), INVALID);
});

test('amounts are exact at the edge of int64 and beyond it', () => {
  const most = d('92233720368.54775807');
  assert.equal(decimalUnits(most, 8), 2n ** 63n - 1n);
  assert.equal(addDecimal(most, d('0.00000001')), '92233720368.54775808');
  assert.equal(subtractDecimal(d('-92233720368.54775808'), d('0.00000001')), '-92233720368.54775809');
  assert.equal(multiplyDecimal(most, most), '8507059173023461584739.6907784232501249');
  assert.equal(multiplyDecimal(d('0.00039999'), d('1.00')), '0.0003999900');
});

test('the larger scale is kept by sums, and scales add up in products', () => {
  assert.equal(addDecimal(d('1.5'), d('0.25')), '1.75');
  assert.equal(addDecimal(d('1'), d('2')), '3');
  assert.equal(subtractDecimal(d('0.1'), d('0.30')), '-0.20');
  assert.equal(multiplyDecimal(d('1.0'), d('1.00')), '1.000');
});

test('zero has no sign in a result, and equals zero with one', () => {
  assert.equal(negateDecimal(d('0.00')), '0.00');
  assert.equal(negateDecimal(d('-0.00')), '0.00');
  assert.equal(addDecimal(d('-0.0'), d('-0')), '0.0');
  assert.equal(multiplyDecimal(d('-1.5'), d('0')), '0.0');
  assert.equal(rescaleDecimal(d('-0.004'), 2, 'halfUp'), '0.00');
  assert.equal(decimalFromNumber(-0, { scale: 1, rounding: 'exact' }), '0.0');
  assert.equal(compareDecimal(d('-0.00'), d('0')), 0);
});

test('prices sort by value and not as text', () => {
  const prices = ['10', '9.99', '-1', '100.0', '9.990', '-10.5', '0.00000001', '0'].map(d);
  assert.deepEqual(prices.sort(compareDecimal), ['-10.5', '-1', '0', '0.00000001', '9.99', '9.990', '10', '100.0']);
});

test('digits that do not fit are refused unless a rounding is given, and each rounding goes its own way', () => {
  assert.throws(() => decimalUnits(d('1.005'), 2), INEXACT);
  assert.throws(() => rescaleDecimal(d('1.005'), 2), INEXACT);
  assert.equal(rescaleDecimal(d('1.500'), 1), '1.5');
  assert.equal(rescaleDecimal(d('1.5'), 8), '1.50000000');
  const rounded = (text: string) => ROUNDINGS.slice(1).map((rounding) => rescaleDecimal(d(text), 0, rounding)); // floor ceil trunc halfUp halfEven
  assert.deepEqual(rounded('2.5'), ['2', '3', '2', '3', '2']);
  assert.deepEqual(rounded('-2.5'), ['-3', '-2', '-2', '-3', '-2']);
  assert.deepEqual(rounded('3.5'), ['3', '4', '3', '4', '4']);
  assert.deepEqual(rounded('-0.5'), ['-1', '0', '0', '-1', '0']);
  assert.deepEqual(rounded('2.4999999999'), ['2', '3', '2', '2', '2']);
  assert.deepEqual(rounded('-2.5000000001'), ['-3', '-2', '-2', '-3', '-3']);
});

test('the fee of the recorded order follows from its rate, cut to eight places', () => {
  assert.equal(rescaleDecimal(multiplyDecimal(d('0.99999'), d('0.0004')), 8, 'trunc'), '0.00039999');
});

test('a scale that is no count of digits is refused, and so is a result too long to be a decimal', () => {
  for (const scale of [-1, 1.5, Number.NaN, 1001, 2 ** 53]) {
    assert.throws(() => formatDecimal(1n, scale), INVALID);
    assert.throws(() => decimalUnits(d('1'), scale), INVALID);
    assert.throws(() => decimalFromNumber(1, { scale, rounding: 'exact' }), INVALID);
  }
  const long = d('9'.repeat(600));
  assert.throws(() => multiplyDecimal(long, long), INVALID);
  assert.throws(() => formatDecimal(1n, 1000), INVALID);
});

test('a number is rounded by the binary value it has, as the caller says', () => {
  const at = (n: number, scale: number, rounding: Rounding) => decimalFromNumber(n, { scale, rounding });
  assert.equal(at(1.005, 2, 'halfUp'), '1.00'); // 1.00499999999999989...
  assert.equal(at(1.005, 2, 'ceil'), '1.01');
  assert.equal(at(1.025, 2, 'halfUp'), '1.02'); // 1.02499999999999991...
  assert.equal(at(8.345, 2, 'halfEven'), '8.35'); // 8.3450000000000006...
  assert.equal(at(0.1, 20, 'trunc'), '0.10000000000000000555');
  assert.equal(at(0.5, 0, 'halfEven'), '0');
  assert.equal(at(1.5, 0, 'halfEven'), '2');
  assert.equal(at(-0.375, 2, 'halfUp'), '-0.38');
  assert.equal(at(-0.375, 2, 'floor'), '-0.38');
  assert.equal(at(-0.375, 2, 'ceil'), '-0.37');
  assert.equal(at(0.375, 3, 'exact'), '0.375');
  assert.throws(() => at(0.1, 8, 'exact'), INEXACT);
  for (const n of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])
    assert.throws(() => at(n, 2, 'trunc'), INVALID);
});

test('a number of any size becomes plain digits, without exponents', () => {
  const at = (n: number, scale: number, rounding: Rounding) => decimalFromNumber(n, { scale, rounding });
  assert.equal(at(1e-7, 8, 'halfUp'), '0.00000010');
  assert.equal(at(1e21, 0, 'exact'), '1000000000000000000000');
  assert.equal(at(2 ** 53, 2, 'exact'), '9007199254740992.00');
  assert.equal(at(Number.MIN_VALUE, 8, 'ceil'), '0.00000001');
  assert.equal(at(Number.MIN_VALUE, 8, 'trunc'), '0.00000000');
  assert.equal(at(Number.MAX_VALUE, 0, 'exact'), BigInt(Number.MAX_VALUE).toString());
});

test('units and scale survive the text, whatever they are', () => {
  fc.assert(
    fc.property(value, ({ units, scale }) => {
      const written = formatDecimal(units, scale);
      assert.equal(decimalUnits(parseDecimal(written), scale), units);
      assert.doesNotMatch(written, /^-0*(\.0*)?$|^-?0\d/);
    }),
  );
});

test('comparison, sum, difference, product and opposite agree with bigint arithmetic', () => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      const [x, y] = [wide(a), wide(b)];
      assert.equal(compareDecimal(a, b), x < y ? -1 : x > y ? 1 : 0);
      assert.equal(wide(addDecimal(a, b)), x + y);
      assert.equal(wide(subtractDecimal(a, b)), x - y);
      assert.equal(wide(multiplyDecimal(a, b)) * 10n ** 40n, x * y);
      assert.equal(wide(negateDecimal(a)), -x);
      for (const result of [addDecimal(a, b), subtractDecimal(a, b), multiplyDecimal(a, b), negateDecimal(a)])
        assert.equal(isDecimal(result), true);
    }),
  );
});

test('comparison of texts laid out alike agrees with bigint arithmetic', () => {
  const alike = fc.stringMatching(/^-?\d{2}\.\d{2}$/).map(d);
  fc.assert(
    fc.property(alike, alike, (a, b) => {
      const [x, y] = [wide(a), wide(b)];
      assert.equal(compareDecimal(a, b), x < y ? -1 : x > y ? 1 : 0);
    }),
  );
});

test('comparison orders any three decimals: it is antisymmetric and transitive', () => {
  fc.assert(
    fc.property(fc.array(text, { minLength: 3, maxLength: 12 }), (list) => {
      const sorted = list.toSorted(compareDecimal);
      sorted.forEach((a, place) => {
        for (const b of sorted.slice(place + 1)) {
          assert.ok(compareDecimal(a, b) <= 0);
          assert.equal(compareDecimal(b, a), compareDecimal(a, b) === 0 ? 0 : 1);
        }
      });
    }),
  );
});

test('addition and multiplication obey the laws of arithmetic, text for text', () => {
  fc.assert(
    fc.property(text, text, text, (a, b, c) => {
      assert.equal(addDecimal(a, b), addDecimal(b, a));
      assert.equal(addDecimal(addDecimal(a, b), c), addDecimal(a, addDecimal(b, c)));
      assert.equal(multiplyDecimal(a, b), multiplyDecimal(b, a));
      assert.equal(multiplyDecimal(multiplyDecimal(a, b), c), multiplyDecimal(a, multiplyDecimal(b, c)));
      const spread = addDecimal(multiplyDecimal(a, c), multiplyDecimal(b, c));
      assert.equal(multiplyDecimal(addDecimal(a, b), c), spread);
      assert.equal(subtractDecimal(a, b), addDecimal(a, negateDecimal(b)));
    }),
  );
});

test('a rounded value lies within one unit, on the side that the rounding names', () => {
  fc.assert(
    fc.property(text, scale, fc.constantFrom(...ROUNDINGS), (a, scale, rounding) => {
      const unit = 10n ** BigInt(40 - scale);
      const exact = wide(a);
      if (exact % unit !== 0n && rounding === 'exact') {
        assert.throws(() => rescaleDecimal(a, scale, rounding), INEXACT);
        return;
      }
      const rounded = wide(rescaleDecimal(a, scale, rounding));
      const off = rounded - exact;
      const size = off < 0n ? -off : off;
      assert.equal(rounded % unit, 0n);
      assert.ok(size < unit);
      if (rounding === 'floor') assert.ok(off <= 0n);
      if (rounding === 'ceil') assert.ok(off >= 0n);
      if (rounding === 'trunc') assert.ok(exact < 0n ? off >= 0n : off <= 0n);
      if (rounding.startsWith('half')) assert.ok(2n * size <= unit);
      if (2n * size === unit && rounding === 'halfUp') assert.ok(exact < 0n ? off < 0n : off > 0n);
      if (2n * size === unit && rounding === 'halfEven') assert.equal((rounded / unit) % 2n, 0n);
    }),
  );
});

test('ties are common enough to be tried: halves of every size round by their rule', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), (whole) => {
      const half = formatDecimal(whole * 10n + (whole < 0n ? -5n : 5n), 1);
      const away = whole + (whole < 0n ? -1n : 1n);
      assert.equal(decimalUnits(half, 0, 'halfUp'), away);
      assert.equal(decimalUnits(half, 0, 'halfEven'), whole % 2n === 0n ? whole : away);
    }),
  );
});

test('the exact decimal of a number reads back as that number, and a shorter one lies beside it', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e30, max: 1e30 }), scale, (n, scale) => {
      // 900 places hold every number that is not tiny; the tiny ones are rounded far below their neighbours.
      const near = decimalFromNumber(n, { scale: 900, rounding: 'trunc' });
      if (Math.abs(n) > 1e-280) assert.equal(Number(near), n);
      const floor = decimalFromNumber(n, { scale, rounding: 'floor' });
      const ceil = decimalFromNumber(n, { scale, rounding: 'ceil' });
      assert.ok(compareDecimal(floor, near) <= 0);
      assert.ok(n < 0 || compareDecimal(ceil, near) >= 0);
      assert.ok(decimalUnits(ceil, scale) - decimalUnits(floor, scale) <= 1n);
    }),
  );
});

test('any text at all is either a decimal or a typed error', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[-+.\deE_ ]{0,8}$/)), (text) => {
      if (isDecimal(text)) assert.equal(rescaleDecimal(text, text.length, 'exact').includes('e'), false);
      else assert.throws(() => parseDecimal(text), INVALID);
    }),
  );
});
