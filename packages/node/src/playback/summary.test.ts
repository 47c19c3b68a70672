import { KLINE_INTERVALS } from '@dexwire/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { klineAt, Summary } from './summary.ts';

const UNIT = 100_000_000n;
const START = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;

const summary = (): Summary =>
  new Summary(
    {
      symbol: 'BNB_BTC',
      last: { id: '9-0', price: 5n * UNIT, quantity: 2n * UNIT },
      before: 4n * UNIT,
      day: {
        open: 3n * UNIT,
        high: 9n * UNIT,
        low: 2n * UNIT,
        close: 5n * UNIT,
        volume: 10n * UNIT,
        quoteVolume: 50n * UNIT,
        count: 7,
        firstId: '1-0',
        lastId: '9-0',
      },
    },
    START,
  );

test('klines of every interval lie edge to edge in UTC: weeks from Monday, months from the first', () => {
  const at = (interval: (typeof KLINE_INTERVALS)[number], iso: string): string[] => {
    const { open, end } = klineAt(interval, Date.parse(iso));
    return [open, end].map((time) => new Date(time).toISOString().slice(0, 16));
  };
  expect(at('1m', '2024-02-29T23:59:59.999Z')).toEqual(['2024-02-29T23:59', '2024-03-01T00:00']);
  expect(at('4h', '2024-02-29T23:59:00Z')).toEqual(['2024-02-29T20:00', '2024-03-01T00:00']);
  expect(at('1w', '2024-02-29T00:00:00Z')).toEqual(['2024-02-26T00:00', '2024-03-04T00:00']);
  expect(at('1w', '2024-02-26T00:00:00Z')).toEqual(['2024-02-26T00:00', '2024-03-04T00:00']);
  expect(at('1M', '2024-02-29T12:00:00Z')).toEqual(['2024-02-01T00:00', '2024-03-01T00:00']);
  expect(at('1M', '2023-12-31T12:00:00Z')).toEqual(['2023-12-01T00:00', '2024-01-01T00:00']);
  fc.assert(
    fc.property(fc.constantFrom(...KLINE_INTERVALS), fc.integer({ min: 0, max: 4e12 }), (interval, time) => {
      const { open, end } = klineAt(interval, time);
      expect(open).toBeLessThanOrEqual(time);
      expect(end).toBeGreaterThan(time);
      expect(klineAt(interval, open)).toEqual({ open, end });
      expect(klineAt(interval, end).open).toBe(end);
    }),
  );
});

test('a ticker begins with the recorded day and adds what trades', () => {
  const one = summary();
  const before = one.ticker(START + 1_000, START + 800, undefined, undefined);
  expect(before).toMatchObject({
    priceChange: '2.00000000',
    priceChangePercent: '0.66660000',
    weightedAveragePrice: '5.00000000',
    previousClosePrice: '4.00000000',
    lastQuantity: '2.00000000',
    bidPrice: '0.00000000',
    askQuantity: '0.00000000',
    openTime: START + 800 - 24 * HOUR_MS,
    tradeCount: 7,
  });
  one.add({ id: '10-3', price: 10n * UNIT, quantity: 3n * UNIT }, START + 1_200, KLINE_INTERVALS);
  expect(one.ticker(START + 2_000, START + 2_000, undefined, undefined)).toMatchObject({
    lastPrice: '10.00000000',
    lastQuantity: '3.00000000',
    highPrice: '10.00000000',
    lowPrice: '2.00000000',
    openPrice: '3.00000000',
    volume: '13.00000000',
    quoteVolume: '80.00000000',
    weightedAveragePrice: '6.15384615',
    firstTradeId: '1-0',
    lastTradeId: '10-3',
    tradeCount: 8,
  });
});

test('what lies more than a day back leaves the ticker, and at last it repeats the last trade', () => {
  const one = summary();
  one.add({ id: '10-0', price: 6n * UNIT, quantity: UNIT }, START + HOUR_MS, KLINE_INTERVALS);
  const day = START + 24 * HOUR_MS;
  expect(one.ticker(day + 60_000, day + 60_000, undefined, undefined)).toMatchObject({
    openPrice: '6.00000000',
    previousClosePrice: '5.00000000',
    volume: '1.00000000',
    firstTradeId: '10-0',
    tradeCount: 1,
  });
  const quiet = one.ticker(day + 2 * HOUR_MS, day + 2 * HOUR_MS, undefined, undefined);
  const { weightedAveragePrice, previousClosePrice, openPrice, highPrice, lowPrice, lastPrice } = quiet;
  for (const price of [weightedAveragePrice, previousClosePrice, openPrice, highPrice, lowPrice, lastPrice])
    expect(price).toBe('6.00000000');
  expect(quiet).toMatchObject({ volume: '0.00000000', tradeCount: 0, firstTradeId: '10-0', lastTradeId: '10-0' });
});

test('a kline without a trade stands at the last price, with the last known trade, and opens anew with the first one', () => {
  const one = summary();
  expect(one.kline('1h', START + 1_000)).toEqual({
    eventType: 'kline',
    eventTime: START / 1_000 + 1,
    symbol: 'BNB_BTC',
    kline: {
      symbol: 'BNB_BTC',
      openTime: START,
      closeTime: START + HOUR_MS - 1,
      interval: '1h',
      firstTradeId: '9-0',
      lastTradeId: '9-0',
      open: '5.00000000',
      close: '5.00000000',
      high: '5.00000000',
      low: '5.00000000',
      volume: '0.00000000',
      quoteVolume: '0.00000000',
      tradeCount: 0,
      isClosed: false,
    },
  });
  one.add({ id: '10-0', price: 6n * UNIT, quantity: UNIT }, START + 1_200, KLINE_INTERVALS);
  expect(one.kline('1h', START + HOUR_MS).kline).toMatchObject({ open: '6.00000000', tradeCount: 1, isClosed: true });
  expect(one.kline('1h', START + HOUR_MS + 1_000).kline).toMatchObject({
    openTime: START + HOUR_MS,
    open: '6.00000000',
    tradeCount: 0,
    firstTradeId: '10-0',
    isClosed: false,
  });
});

test('volumes go beyond int64', () => {
  const one = summary();
  const trade = { id: '10-0', price: UNIT, quantity: 9_223_372_036_854_775_807n };
  for (let count = 0; count < 3; count += 1) one.add(trade, START, KLINE_INTERVALS);
  expect(one.kline('1d', START + 1_000).kline.volume).toBe('276701161105.64327421');
});
