import assert from 'node:assert/strict';
import fc from 'fast-check';
import { expect, test, vi } from 'vitest';
import { type LagHistogram, type LagNews, type LagOptions, lagHistogram } from './lagHistogram.ts';

const TRADES = { topic: 'trades' };

const fed = (lags: readonly number[], options?: LagOptions): LagHistogram => {
  const histogram = lagHistogram(options);
  for (const lag of lags) histogram.measure('lag', lag, TRADES);
  return histogram;
};

const newsOf = (lags: readonly number[], options?: LagOptions): LagNews[] => {
  const news: LagNews[] = [];
  fed(lags, { ...options, onLag: (one) => news.push(one) });
  return news;
};

test('lags are told as quantiles, count and greatest, above the least one', () => {
  const lags = fed(Array.from({ length: 1000 }, (_, place) => place + 50)).lags;
  assert.equal(lags.length, 1);
  const { p50, p90, p99, p999, ...rest } = lags[0]!;
  assert.deepEqual(rest, { topic: 'trades', count: 1000, least: 50, max: 999, isBehind: false });
  for (const [quantile, expected] of [
    [p50, 499],
    [p90, 899],
    [p99, 989],
    [p999, 998],
  ] as const) {
    expect(Math.abs(quantile - expected)).toBeLessThan(expected * 0.032 + 1);
  }
});

test('a quantile is within 3.2 percent, or two milliseconds, of the exact one, whatever the clocks differ by', () => {
  const lag = fc.oneof(fc.double({ min: 0, max: 100, noNaN: true }), fc.double({ min: 0, max: 1e8, noNaN: true }));
  fc.assert(
    fc.property(
      fc.array(lag, { minLength: 1, maxLength: 200 }),
      fc.double({ min: -1e9, max: 1e9, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (lags, skew, share) => {
        // The best comes first, so that nothing has to be moved.
        const histogram = fed([0, ...lags].map((value) => value + skew));
        const sorted = [0, ...lags].sort((a, b) => a - b);
        const exact = sorted[Math.max(1, Math.ceil(share * sorted.length)) - 1]!;
        const told = histogram.quantile('trades', share)!;
        assert.ok(Math.abs(told - exact) <= exact * 0.032 + 2, `${told} for ${exact}`);
        const { count, max } = histogram.lags[0]!;
        assert.equal(count, sorted.length);
        assert.ok(Math.abs(max - sorted.at(-1)!) < 1e-5);
      },
    ),
  );
});

test('what was counted before a better best is moved up by the difference', () => {
  const { p50, max, least } = fed([9000, 9000, 9000, 4000]).lags[0]!;
  assert.deepEqual([max, least], [5000, 4000]);
  expect(Math.abs(p50 - 5000)).toBeLessThan(80);
});

test('a best that falls by and by moves counts again and again, and loses none', () => {
  const { count, p99, max } = fed(Array.from({ length: 1000 }, (_, place) => 100_000 - 10 * place)).lags[0]!;
  assert.deepEqual([count, max], [1000, 9990]);
  expect(p99).toBeGreaterThan(9000);
  expect(p99).toBeLessThanOrEqual(9990);
});

test('falling behind is told once, and again only after it has caught up', () => {
  assert.deepEqual(newsOf([100, 2100, 2101, 5000, 1101, 2101, 1100, 2101]), [
    { kind: 'behind', topic: 'trades', lag: 2001 },
    { kind: 'caughtUp', topic: 'trades', lag: 1000 },
    { kind: 'behind', topic: 'trades', lag: 2001 },
  ]);
});

test('a clock that is an hour ahead or behind is no lag', () => {
  assert.deepEqual(newsOf([3_600_000, 3_600_500, 3_601_000]), []);
  assert.deepEqual(
    newsOf([-3_600_000, -3_599_500, -3_597_000]).map(({ kind }) => kind),
    ['behind'],
  );
});

test('the bounds can be chosen', () => {
  const kinds = newsOf([0, 101, 60, 50, 101], { warnAfter: 100, calmAt: 50 }).map(({ kind }) => kind);
  assert.deepEqual(kinds, ['behind', 'caughtUp', 'behind']);
});

test('topics are kept apart, and past forty of them together', () => {
  const histogram = lagHistogram();
  for (let topic = 0; topic < 1000; topic++) histogram.measure('lag', topic, { topic: `made up ${topic}` });
  const { lags } = histogram;
  assert.equal(lags.length, 41);
  assert.equal(lags.at(-1)!.topic, 'other');
  assert.equal(
    lags.reduce((sum, { count }) => sum + count, 0),
    1000,
  );
});

test('other measures, counts, and what is no number are left alone', () => {
  const histogram = lagHistogram();
  histogram.measure('connect', 5000, TRADES);
  histogram.measure('lag', Number.NaN, TRADES);
  histogram.measure('lag', Infinity, TRADES);
  histogram.count('frames', 1, TRADES);
  assert.deepEqual(histogram.lags, []);
  assert.equal(histogram.quantile('trades', 0.5), undefined);
});

test('a lag of weeks has its place, and does not spoil the others', () => {
  const { max, p50 } = fed([0, 0, 0, 1e10]).lags[0]!;
  assert.deepEqual([max, p50], [1e10, 0]);
});

test('what a callback throws is printed, and harms no figure', () => {
  const printed = vi.spyOn(console, 'error').mockImplementation(() => {});
  const thrown = new Error('no');
  const histogram = fed([0, 5000], {
    onLag: () => {
      throw thrown;
    },
  });
  assert.deepEqual(printed.mock.calls, [[thrown]]);
  assert.equal(histogram.lags[0]!.isBehind, true);
  printed.mockRestore();
});

test('one that is asked for arrivals looks at nothing else', () => {
  const histogram = lagHistogram({ of: 'arrival' });
  histogram.measure('lag', 1, TRADES);
  histogram.measure('arrival', 2, TRADES);
  assert.deepEqual(
    histogram.lags.map(({ count, least }) => [count, least]),
    [[1, 2]],
  );
});
