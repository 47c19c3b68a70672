import assert from 'node:assert/strict';
import { check, decodeFast, encode, miniTicker, type Ticker, ticker } from '@dexwire/protocol';
import fc from 'fast-check';
import { test } from 'vitest';
import { unitsText } from '../unitsText.ts';
import { barOf } from './bar.ts';
import { miniOf, Tickers } from './tickers.ts';

const UNIT = 100_000_000n;
const START = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const recordedDay = (): Tickers =>
  new Tickers(
    {
      symbol: 'BNB_BTC',
      last: { tradeId: '9-0', price: 5n * UNIT, quantity: 2n * UNIT },
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
        lastQuantity: 2n * UNIT,
      },
    },
    START,
  );

const neverTraded = (price = 5n * UNIT): Tickers =>
  new Tickers(
    { symbol: 'BNB_BTC', last: { tradeId: '', price, quantity: 0n }, before: undefined, day: undefined },
    START,
  );

const trade = (tradeId: string, price: bigint, quantity: bigint) => barOf({ tradeId, price, quantity });

const has = (event: Ticker, expected: Partial<Record<keyof Ticker, unknown>>): void => {
  const found = Object.fromEntries(Object.keys(expected).map((key) => [key, event[key as keyof Ticker]]));
  assert.deepEqual(found, expected);
};

test('a ticker begins with the recorded day and adds what trades', () => {
  const one = recordedDay();
  has(one.ticker(START + 1_000, START + 800, undefined, undefined), {
    eventTime: START / 1_000 + 1,
    priceChange: '2.00000000',
    priceChangePercent: '0.66660000',
    weightedAveragePrice: '5.00000000',
    previousClosePrice: '4.00000000',
    lastQuantity: '2.00000000',
    bidPrice: '0.00000000',
    askQuantity: '0.00000000',
    openTime: START + 800 - DAY_MS,
    closeTime: START + 800,
    tradeCount: 7,
  });
  one.add(trade('10-3', 10n * UNIT, 3n * UNIT), START + 1_200);
  has(one.ticker(START + 2_000, START + 2_000, [unitsText(1n), unitsText(2n)], [unitsText(3n), unitsText(4n)]), {
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
    bidPrice: '0.00000001',
    bidQuantity: '0.00000002',
    askPrice: '0.00000003',
    askQuantity: '0.00000004',
  });
});

test('what lies 24 hours back leaves the ticker, and at last it repeats the last trade', () => {
  const one = recordedDay();
  one.add(trade('10-0', 6n * UNIT, UNIT), START + HOUR_MS);
  const day = START + DAY_MS;
  has(one.ticker(day, day - 1, undefined, undefined), { tradeCount: 8 });
  has(one.ticker(day, day, undefined, undefined), {
    openPrice: '6.00000000',
    previousClosePrice: '5.00000000',
    volume: '1.00000000',
    firstTradeId: '10-0',
    tradeCount: 1,
  });
  const price = '6.00000000';
  has(one.ticker(day + HOUR_MS, day + HOUR_MS, undefined, undefined), {
    weightedAveragePrice: price,
    previousClosePrice: price,
    openPrice: price,
    highPrice: price,
    lowPrice: price,
    lastPrice: price,
    lastQuantity: '1.00000000',
    volume: '0.00000000',
    quoteVolume: '0.00000000',
    tradeCount: 0,
    firstTradeId: '10-0',
    lastTradeId: '10-0',
  });
});

test('a pair that never traded stands at its list price, without ids; the first trade is what came before itself', () => {
  const one = neverTraded();
  const price = '5.00000000';
  const zero = '0.00000000';
  has(one.ticker(START + 1_000, START, undefined, undefined), {
    priceChange: zero,
    priceChangePercent: zero,
    weightedAveragePrice: price,
    previousClosePrice: price,
    lastPrice: price,
    lastQuantity: zero,
    openPrice: price,
    volume: zero,
    firstTradeId: '',
    lastTradeId: '',
    tradeCount: 0,
  });
  one.add(trade('10-0', 7n * UNIT, UNIT), START + 1_000);
  one.add(trade('11-0', 8n * UNIT, UNIT), START + 1_400);
  has(one.ticker(START + 2_000, START + 2_000, undefined, undefined), {
    previousClosePrice: '7.00000000',
    openPrice: '7.00000000',
    lastPrice: '8.00000000',
    firstTradeId: '10-0',
    lastTradeId: '11-0',
  });
});

test('a change is a fraction cut to four decimals toward zero, falls like rises; the mean is rounded to eight', () => {
  const change = (from: bigint, to: bigint): string => {
    const one = neverTraded();
    one.add(trade('1-0', from, 1n), START);
    one.add(trade('1-1', to, 1n), START);
    return one.ticker(START, START, undefined, undefined).priceChangePercent;
  };
  // Recorded: 0.00008471 to 0.00008398, a fall of 0.8617 %.
  assert.equal(change(8_471n, 8_398n), '-0.00860000');
  assert.equal(change(100_000n, 103_996n), '0.03990000');
  assert.equal(change(100_000n, 99_999n), '0.00000000');
  const one = neverTraded();
  one.add(trade('1-0', 2n, 2n * UNIT), START);
  one.add(trade('1-1', 3n, UNIT), START);
  assert.equal(one.ticker(START, START, undefined, undefined).weightedAveragePrice, '0.00000002');
  one.add(trade('1-2', 3n, UNIT), START);
  assert.equal(one.ticker(START, START, undefined, undefined).weightedAveragePrice, '0.00000003');
});

test('at any moment a ticker says what all trades of its 24 hours come to', () => {
  const step = fc.record({
    wait: fc.oneof(fc.nat({ max: 1_000 }), fc.nat({ max: DAY_MS })),
    price: fc.bigInt({ min: 1n, max: 10n ** 12n }),
    quantity: fc.bigInt({ min: 1n, max: 2n ** 63n - 1n }),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30, size: 'max' }), fc.nat({ max: DAY_MS }), (steps, later) => {
      const one = neverTraded();
      let time = START;
      const all = steps.map(({ wait, price, quantity }, index) => {
        time += wait;
        one.add(trade(`${index}-0`, price, quantity), time);
        return { time, price, quantity, tradeId: `${index}-0` };
      });
      const end = time + later;
      const within = all.filter((event) => event.time > end - DAY_MS);
      const before = all.filter((event) => event.time <= end - DAY_MS).at(-1);
      const last = all.at(-1) ?? { price: 5n * UNIT, quantity: 0n, tradeId: '' };
      const prices = within.length > 0 ? within.map(({ price }) => price) : [last.price];
      const volume = within.reduce((sum, { quantity }) => sum + quantity, 0n);
      const quote = within.reduce((sum, { quantity, price }) => sum + (quantity * price) / UNIT, 0n);
      const [open, close] = [prices[0]!, prices.at(-1)!];
      const event = one.ticker(end, end, undefined, undefined);
      has(event, {
        priceChange: unitsText(close - open),
        priceChangePercent: unitsText((((close - open) * 10_000n) / open) * 10_000n),
        weightedAveragePrice: unitsText(volume === 0n ? close : (quote * UNIT + volume / 2n) / volume),
        previousClosePrice: unitsText(within.length === 0 ? close : (before?.price ?? open)),
        lastPrice: unitsText(close),
        lastQuantity: unitsText(last.quantity),
        openPrice: unitsText(open),
        highPrice: unitsText(prices.reduce((a, b) => (a > b ? a : b))),
        lowPrice: unitsText(prices.reduce((a, b) => (a < b ? a : b))),
        volume: unitsText(volume),
        quoteVolume: unitsText(quote),
        openTime: end - DAY_MS,
        firstTradeId: within[0]?.tradeId ?? last.tradeId,
        lastTradeId: last.tradeId,
        tradeCount: within.length,
      });
      assert.deepEqual(check(ticker, event), event);
      assert.deepEqual(decodeFast(ticker, encode(ticker, event)), event);
      const mini = miniOf(event);
      assert.deepEqual(decodeFast(miniTicker, encode(miniTicker, mini)), mini);
    }),
    { numRuns: 300 },
  );
});
