import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { formatTradeId, parseTradeId } from './tradeId.ts';

const INVALID = { name: 'ValueError', code: 'TRADE_ID_INVALID' };

test('a recorded trade id holds the height of its frame and the place in the block', () => {
  assert.deepEqual(parseTradeId('7549438-0'), { height: 7549438, index: 0 });
  assert.equal(formatTradeId({ height: 47515444, index: 0 }), '47515444-0');
});

test('what is no trade id is a typed error, the empty text of an order without a trade included', () => {
  const bad = [
    '',
    '-',
    '7549438',
    '7549438-',
    '-0',
    '-1-0',
    '1--0',
    '1-0-0',
    '1.5-0',
    '1-00',
    '01-0',
    '1e3-0',
    ' 1-0',
    '1-0\n',
  ];
  for (const id of [...bad, '9007199254740992-0', '0-9007199254740993', '1-99999999999999999999', '١-٠'])
    assert.throws(() => parseTradeId(id), INVALID, id);
});

test('an id is only made of whole numbers that are exact', () => {
  for (const part of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, 1e21]) {
    assert.throws(() => formatTradeId({ height: part, index: 0 }), INVALID);
    assert.throws(() => formatTradeId({ height: 1, index: part }), INVALID);
  }
});

test('every height and index survives the id', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.maxSafeNat(), (height, index) => {
      assert.deepEqual(parseTradeId(formatTradeId({ height, index })), { height, index });
    }),
  );
});

test('any text at all is a trade id that is written back as it was, or a typed error', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d{0,17}-?\d{0,17}$/)), (text) => {
      let parts: ReturnType<typeof parseTradeId>;
      try {
        parts = parseTradeId(text);
      } catch (error) {
        assert.equal((error as { code?: unknown }).code, INVALID.code);
        return;
      }
      assert.equal(formatTradeId(parts), text);
    }),
  );
});
