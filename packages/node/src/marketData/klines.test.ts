import assert from 'node:assert/strict';
import { check, decodeFast, encode, KLINE_INTERVALS, type KlineInterval, kline, klineSpan } from '@dexwire/protocol';
import fc from 'fast-check';
import { test } from 'vitest';
import { unitsText } from '../unitsText.ts';
import { barOf } from './bar.ts';
import { type KlineRow, Klines } from './klines.ts';

const UNIT = 100_000_000n;
const START = Date.UTC(2026, 0, 1);
const HOUR_MS = 3_600_000;

const beginning = (since = START): Klines =>
  new Klines('BNB_BTC', { tradeId: '9-0', price: 5n * UNIT, quantity: 2n * UNIT }, since);

interface Event {
  readonly time: number;
  readonly price: bigint;
  readonly quantity: bigint;
  readonly tradeId: string;
}

const add = (klines: Klines, { time, ...trade }: Event): void => klines.add(barOf(trade), time);

test('a kline without a trade stands at the last price, with the last known trade, and opens anew with the first one', () => {
  const klines = beginning();
  const first = klines.update('1h', START + 1_000);
  assert.deepEqual(first, {
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
  add(klines, { time: START + 1_200, price: 6n * UNIT, quantity: UNIT, tradeId: '10-0' });
  const closed = klines.update('1h', START + HOUR_MS).kline;
  assert.deepEqual([closed.open, closed.tradeCount, closed.isClosed], ['6.00000000', 1, true]);
  const next = klines.update('1h', START + HOUR_MS + 1_000).kline;
  assert.deepEqual(
    [next.openTime, next.open, next.tradeCount, next.firstTradeId, next.isClosed],
    [START + HOUR_MS, '6.00000000', 0, '10-0', false],
  );
});

test('volumes go beyond int64', () => {
  const klines = beginning();
  for (let count = 0; count < 3; count += 1)
    add(klines, { time: START, price: UNIT, quantity: 9_223_372_036_854_775_807n, tradeId: '10-0' });
  assert.equal(klines.update('1d', START + 1_000).kline.volume, '276701161105.64327421');
});

test('an update is a frame of its stream, for every interval', () => {
  const klines = beginning();
  add(klines, { time: START + 5, price: 6n * UNIT, quantity: UNIT, tradeId: '10-0' });
  for (const interval of KLINE_INTERVALS) {
    const event = klines.update(interval, START + 60_000);
    assert.deepEqual(check(kline(interval), event), event);
    assert.deepEqual(decodeFast(kline(interval), encode(kline(interval), event)), event);
  }
});

/** Around what a calendar can get wrong: ends of months and years, leap days, Mondays, midnights. */
const corners = [
  '2023-12-31T23:59:58Z',
  '2024-02-28T23:59:59.600Z',
  '2024-02-29T00:00:00Z',
  '2024-02-29T23:59:59.999Z',
  '2024-03-01T00:00:00Z',
  '2024-03-03T23:59:59Z',
  '2024-03-04T00:00:00Z',
  '2024-04-30T23:59:30Z',
  '2025-02-28T23:59:00Z',
  '2025-03-01T00:00:00.400Z',
].map((iso) => Date.parse(iso));
const BEGIN = corners[0]! - 86_400_000;

const times = fc.oneof(
  fc.tuple(fc.constantFrom(...corners), fc.integer({ min: -90_000, max: 90_000 })).map(([at, off]) => at + off),
  fc.integer({ min: corners[0]!, max: corners.at(-1)! }),
);

const events = fc
  .array(fc.tuple(times, fc.bigInt({ min: 1n, max: 9n * UNIT }), fc.bigInt({ min: 1n, max: 2n ** 63n - 1n })), {
    maxLength: 25,
    size: 'max',
  })
  .map((some) =>
    some
      .sort(([a], [b]) => a - b)
      .map(([time, price, quantity], index): Event => ({ time, price, quantity, tradeId: `${index + 10}-0` })),
  );

/** What the trades within a kline come to, worked out from all trades. */
const naive = (all: readonly Event[], open: number, end: number): Omit<KlineParts, 'isClosed'> => {
  const within = all.filter(({ time }) => time >= open && time < end);
  const last = all.filter(({ time }) => time < end).at(-1);
  const prices = within.length > 0 ? within.map(({ price }) => price) : [last?.price ?? 5n * UNIT];
  const lastId = last?.tradeId ?? '9-0';
  return {
    open: unitsText(prices[0]!),
    close: unitsText(prices.at(-1)!),
    high: unitsText(prices.reduce((a, b) => (a > b ? a : b))),
    low: unitsText(prices.reduce((a, b) => (a < b ? a : b))),
    volume: unitsText(within.reduce((sum, { quantity }) => sum + quantity, 0n)),
    quoteVolume: unitsText(within.reduce((sum, { quantity, price }) => sum + (quantity * price) / UNIT, 0n)),
    tradeCount: within.length,
    firstTradeId: within[0]?.tradeId ?? lastId,
    lastTradeId: lastId,
  };
};
type KlineParts = Omit<ReturnType<Klines['update']>['kline'], 'symbol' | 'interval' | 'openTime' | 'closeTime'>;

test('at any second an update says what all trades so far come to, across months, leap days, weeks and midnights', () => {
  fc.assert(
    fc.property(events, fc.constantFrom(...KLINE_INTERVALS), times, (all, interval, at) => {
      const now = Math.ceil(at / 1_000) * 1_000;
      const klines = beginning(BEGIN);
      const past = all.filter(({ time }) => time < now);
      for (const event of past) add(klines, event);
      const { open, end } = klineSpan(interval, now - 1);
      assert.deepEqual(klines.update(interval, now).kline, {
        symbol: 'BNB_BTC',
        interval,
        openTime: open,
        closeTime: end - 1,
        isClosed: end === now,
        ...naive(past, open, end),
      });
    }),
    { numRuns: 300 },
  );
});

const naiveRows = (
  all: readonly Event[],
  interval: KlineInterval,
  now: number,
  { limit, startTime, endTime }: { limit: number; startTime: number | undefined; endTime: number | undefined },
): KlineRow[] => {
  const rows: KlineRow[] = [];
  for (let open = klineSpan(interval, BEGIN).open; open <= now; open = klineSpan(interval, open).end) {
    if (open < (startTime ?? open) || open > (endTime ?? open)) continue;
    const { end } = klineSpan(interval, open);
    const bar = naive(all, open, end);
    const { volume, quoteVolume, tradeCount } = bar;
    rows.push([open, bar.open, bar.high, bar.low, bar.close, volume, end - 1, quoteVolume, tradeCount]);
  }
  return startTime === undefined ? rows.slice(Math.max(rows.length - limit, 0)) : rows.slice(0, limit);
};

test('history has every kline of the range, flat ones among them, as a recomputation from all trades has it', () => {
  const coarse = fc.constantFrom<KlineInterval>('12h', '1d', '3d', '1w', '1M');
  const bound = fc.option(times, { nil: undefined });
  fc.assert(
    fc.property(
      events,
      coarse,
      fc.record({ limit: fc.integer({ min: 1, max: 40 }), startTime: bound, endTime: bound }),
      (all, interval, range) => {
        const klines = beginning(BEGIN);
        for (const event of all) add(klines, event);
        const now = corners.at(-1)! + 90_000;
        assert.deepEqual(klines.history(interval, now, range), naiveRows(all, interval, now, range));
      },
    ),
    { numRuns: 150 },
  );
});

test('history gives 300 rows unless asked, 1,000 at most, and none for a range without klines', () => {
  const klines = beginning();
  const now = START + 2_000 * 60_000;
  assert.equal(klines.history('1m', now).length, 300);
  assert.equal(klines.history('1m', now).at(-1)![0], now);
  assert.equal(klines.history('1m', now, { limit: 5_000 }).length, 1_000);
  assert.equal(klines.history('1m', now, { limit: 5_000, startTime: 0 })[0]![0], START);
  assert.equal(klines.history('1m', START + 30_000).length, 1);
  for (const range of [
    { startTime: now + 60_000 },
    { startTime: Number.POSITIVE_INFINITY },
    { startTime: Number.NaN },
    { endTime: START - 1 },
    { endTime: Number.NEGATIVE_INFINITY },
    { endTime: Number.NaN },
    { startTime: now, endTime: START },
    { limit: 0 },
    { limit: -5 },
  ])
    for (const interval of ['1m', '1M'] as const) assert.deepEqual(klines.history(interval, now, range), []);
});

test('memory is bounded: of a symbol that always trades the latest thousand klines stay, and history begins there', () => {
  const klines = beginning();
  const minutes = 5_000;
  for (let minute = 0; minute < minutes; minute += 1)
    add(klines, {
      time: START + minute * 60_000,
      price: BigInt(minute + 1),
      quantity: 1n,
      tradeId: `${minute + 10}-0`,
    });
  const now = START + (minutes - 1) * 60_000;
  const rows = klines.history('1m', now, { limit: 1_000 });
  assert.equal(rows.length, 1_000);
  assert.equal(rows[0]![0], now - 999 * 60_000);
  assert.ok(
    rows.every(([, , , , close, , , , count], place) => close === unitsText(BigInt(4_001 + place)) && count === 1),
  );
  const [oldest] = klines.history('1m', now, { startTime: 0 });
  assert.ok(oldest![0] > START, 'what was let go of is not told as if nothing had traded');
  assert.equal(oldest![8], 1);
});
