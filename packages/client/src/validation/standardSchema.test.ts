import assert from 'node:assert/strict';
import { decode, marketDepth, orders, toWire, trades } from '@dexwire/protocol';
import fc from 'fast-check';
import { test } from 'vitest';
import { depthText, ordersText, SAMPLES, tickerText, tradesText } from '../../../../tests/support/sampleFrames.ts';
import { standardSchema } from './standardSchema.ts';

const TRADES = tradesText(100);

test('it is what the specification asks for', () => {
  const { version, vendor, validate } = standardSchema(trades)['~standard'];
  assert.deepEqual([version, vendor, typeof validate], [1, 'dexwire', 'function']);
});

test('text, a parsed frame and its data give the same events, of all twelve streams', () => {
  for (const { stream, text } of SAMPLES) {
    const value = decode(stream, text);
    const data = toWire(stream, value);
    const { validate } = standardSchema(stream)['~standard'];
    for (const input of [text, { stream: stream.topic, data }, data]) assert.deepEqual(validate(input), { value });
  }
});

test('an int64 keeps its digits: as text, as bigint, as text of its digits; a rounded number is an issue', () => {
  const text = ordersText(100).replace(/"T":\d+/, '"T":1573417196130225523');
  const { validate } = standardSchema(orders)['~standard'];
  const [order] = toWire(orders, decode(orders, text)) as Record<string, unknown>[];
  for (const input of [text, [{ ...order, T: 1573417196130225523n }], [{ ...order, T: '1573417196130225523' }]]) {
    const result = validate(input);
    assert.equal(result.issues ?? result.value[0]!.time, 1573417196130225523n);
  }
  const { issues } = validate([{ ...order, T: Number('1573417196130225523') }]);
  assert.deepEqual(issues![0]!.path, [0, 'T']);
});

test('an issue says what was wrong, and where', () => {
  const { validate } = standardSchema(trades)['~standard'];
  const broken = TRADES.replace(/"p":"[^"]*"/, '"p":"1,5"');
  assert.deepEqual(validate(broken).issues, [
    { message: 'FRAME_BAD_FIELD at data[0].p: found "1,5", expected decimal text', path: ['data', 0, 'p'] },
  ]);
  const pathOf = (input: unknown): unknown => validate(input).issues?.[0]?.path;
  assert.deepEqual(pathOf(tickerText()), ['stream']);
  assert.deepEqual(pathOf({ stream: 'ticker', data: [] }), ['stream']);
  assert.deepEqual(pathOf('no JSON'), []);
  assert.deepEqual(pathOf(undefined), []);
  assert.deepEqual(pathOf([1]), [0]);
  const levels = standardSchema(marketDepth())['~standard'].validate({
    lastUpdateId: 1,
    symbol: 'A_B',
    bids: [[1, 2]],
  });
  assert.deepEqual(levels.issues?.[0]?.path, ['bids', 0, 0]);
});

test('the alias of a topic is taken', () => {
  const { validate } = standardSchema(marketDepth(100))['~standard'];
  assert.equal(validate(depthText(5)).issues, undefined);
  assert.equal(validate({ ...JSON.parse(depthText(5)) }).issues, undefined);
});

test('it never throws, whatever it is given', () => {
  const { validate } = standardSchema(trades)['~standard'];
  fc.assert(
    fc.property(fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true }), (input) => {
      const result = validate(input);
      assert.ok(result.issues ? result.issues.length === 1 : Array.isArray(result.value));
    }),
  );
});
