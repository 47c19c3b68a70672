import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { klineOpenBefore, klineSpan } from './klineSpan.ts';
import { KLINE_INTERVALS, type KlineInterval } from './streams/kline.ts';

test('klines of every interval lie edge to edge in UTC: weeks from Monday, months from the first', () => {
  const at = (interval: KlineInterval, iso: string): string[] => {
    const { open, end } = klineSpan(interval, Date.parse(iso));
    return [open, end].map((time) => new Date(time).toISOString().slice(0, 16));
  };
  assert.deepEqual(at('1m', '2024-02-29T23:59:59.999Z'), ['2024-02-29T23:59', '2024-03-01T00:00']);
  assert.deepEqual(at('4h', '2024-02-29T23:59:00Z'), ['2024-02-29T20:00', '2024-03-01T00:00']);
  assert.deepEqual(at('1w', '2024-02-29T00:00:00Z'), ['2024-02-26T00:00', '2024-03-04T00:00']);
  assert.deepEqual(at('1w', '2024-02-26T00:00:00Z'), ['2024-02-26T00:00', '2024-03-04T00:00']);
  assert.deepEqual(at('1M', '2024-02-29T12:00:00Z'), ['2024-02-01T00:00', '2024-03-01T00:00']);
  assert.deepEqual(at('1M', '2023-12-31T12:00:00Z'), ['2023-12-01T00:00', '2024-01-01T00:00']);
  fc.assert(
    fc.property(fc.constantFrom(...KLINE_INTERVALS), fc.integer({ min: 0, max: 4e12 }), (interval, time) => {
      const { open, end } = klineSpan(interval, time);
      assert.ok(open <= time && time < end);
      assert.deepEqual(klineSpan(interval, open), { open, end });
      assert.equal(klineSpan(interval, end).open, end);
    }),
  );
});

test('so many klines before another is where that many steps back lead', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...KLINE_INTERVALS),
      fc.integer({ min: 0, max: 4e12 }),
      fc.integer({ min: 0, max: 30 }),
      (interval, time, count) => {
        const { open } = klineSpan(interval, time);
        let stepped = open;
        for (let step = 0; step < count; step += 1) stepped = klineSpan(interval, stepped - 1).open;
        assert.equal(klineOpenBefore(interval, open, count), stepped);
      },
    ),
  );
});
